"""Who is speaking: the labels that begin a turn in a copied conversation."""

import re
from dataclasses import dataclass

from finetune_studio.domain.message import Role

_NAMES: dict[Role, str] = {
    Role.SYSTEM: "system|system prompt|system message|systemprompt|instructions|système|sistema|sistem|系统",
    Role.DEVELOPER: "developer",
    Role.USER: "user|human|you|me|customer|client|question|visitor|student|du|sie|ich|nutzer|benutzer|kunde|"
    "frage|mensch|vous|moi|utilisateur|tú|usted|usuario|cliente|tu|utente|você|usuário|jij|gebruiker|"
    "用户|あなた|пользователь|вы",
    Role.ASSISTANT: "assistant|ai|ai assistant|bot|chatbot|chatgpt|gpt|gpt-4|gpt-4o|gpt-5|claude|gemini|bard|"
    "copilot|llama|mistral|deepseek|grok|model|answer|response|reply|agent|support|assistent|assistentin|ki|antwort|"
    "ia|réponse|asistente|respuesta|assistente|risposta|助手|アシスタント|ассистент",
    Role.TOOL: "tool|function|tool result|tool output|function result|observation|werkzeug",
}
"""Lower-case names of a role in the languages and apps that people copy from."""

_SHORT = {"q": Role.USER, "a": Role.ASSISTANT, "f": Role.USER, "u": Role.USER, "h": Role.USER}
"""Letters that count only in pairs: Q and A."""

_BY_NAME = {name: role for role, names in _NAMES.items() for name in names.split("|")}

_OPENERS = re.compile(
    r"(?:#{1,6} )?(?:\*\*)?(?P<who>you said|du hast gesagt|vous avez dit|dijiste|hai detto|você disse|"
    r"(?:chatgpt|gpt|claude|gemini|copilot|grok) (?:said|hat gesagt|a dit|dijo|ha detto|disse))"
    r"\s*:(?:\*\*)?\Z",
    re.IGNORECASE,
)
"""What a shared chat puts between its turns: “You said:”, “ChatGPT said:”, alone on a line."""

_BY_OPENER = {
    **dict.fromkeys(("you", "du", "vous", "dijiste", "hai", "você"), Role.USER),
    **dict.fromkeys(("chatgpt", "gpt", "claude", "gemini", "copilot", "grok"), Role.ASSISTANT),
}

_LABEL = re.compile(
    r"""(?:\[?\(?\d{1,2}:\d{2}(?::\d{2})?(?:\s?[AaPp]\.?[Mm]\.?)?\)?\]?\s*(?:[-–]\s*)?)?   # 10:32
    (?P<open>\#{1,6}\s+|\*\*|\[|<\|?|【)?
    (?P<name>[^\W\d_][\w\ \-.]{0,24})
    (?:\s*\([^()]{1,24}\))?                                                             # (GPT-4)
    (?P<close>\*\*|\]|\|?>|】)?
    \s*(?P<colon>[:：])?
    (?P<close_after>\*\*)?
    (?:[ \t]+(?P<rest>.*)|(?P<glued>(?<=\W)[^\s/].*)?)\Z""",
    re.VERBOSE | re.DOTALL,
)
_BRACKETS = frozenset({"[", "<", "<|", "【"})


@dataclass(frozen=True, slots=True)
class LabelledLine:
    """A line that begins a turn: who speaks, what follows on the same line, and how the label is written.

    A conversation writes its labels in one style; a short label (Q, A) is a style of its own.
    """

    role: Role
    rest: str
    style: str
    is_short: bool = False


def role_of_name(name: str) -> Role | None:
    """The role that a name stands for, in any case; None for a name that is not in the table."""
    return _BY_NAME.get(" ".join(name.lower().split()))


def label_of(line: str) -> LabelledLine | None:
    """What a line says when it begins a turn, or None."""
    opener = _OPENERS.match(line.strip())
    if opener is not None:
        return LabelledLine(_BY_OPENER[opener["who"].lower().split()[0]], "", "said")
    match = _LABEL.match(line)
    if match is None:
        return None
    name = " ".join(match["name"].lower().split())
    role = _BY_NAME.get(name) or _SHORT.get(name)
    if role is None or not _is_label(match):
        return None
    is_short = name in _SHORT
    style = (
        f"{(match['open'] or '').strip()[:2]}{':' if match['colon'] else ''}{' short' if is_short else ''}"
    )
    return LabelledLine(role, match["rest"] or match["glued"] or "", style, is_short)


def _is_label(match: re.Match[str]) -> bool:
    """Whether the marks around a name are those of a label, and not of a sentence that begins with it."""
    opening = (match["open"] or "").strip()
    closing = match["close"] or match["close_after"] or ""
    if opening == "**" and closing != opening:
        return False
    if opening in _BRACKETS and not match["close"]:
        return False
    if closing and not opening:
        return False
    if match["colon"]:
        return True
    follows = match["rest"] or match["glued"] or ""
    if opening.startswith("#") or opening == "**":
        return not follows.strip()
    return opening in _BRACKETS
