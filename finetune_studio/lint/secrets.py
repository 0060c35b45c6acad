"""Patterns of secrets, in the manner of gitleaks (MIT): a form that little else has, or a name beside it."""

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class SecretPattern:
    """`pattern` has the secret in its group 1, else in the whole match.

    One of `triggers` is in every match (in lower case where `folded`). `entropy`, in bits a character,
    is what a real one has at least.
    """

    name: str
    mask: str
    pattern: re.Pattern[str]
    triggers: tuple[str, ...]
    entropy: float = 0.0
    folded: bool = False


@dataclass(frozen=True, slots=True)
class FoundSecret:
    name: str
    mask: str
    start: int
    end: int


def _made(
    name: str, mask: str, pattern: str, *triggers: str, entropy: float = 0.0, folded: bool = False
) -> SecretPattern:
    flags = re.IGNORECASE if folded else re.NOFLAG
    return SecretPattern(name, mask, re.compile(pattern, flags), triggers, entropy, folded)


PATTERNS: tuple[SecretPattern, ...] = (
    _made(
        "a private key",
        "[PRIVATE_KEY]",
        r"-----BEGIN (?:[A-Z ]{1,20} )?PRIVATE KEY(?: BLOCK)?-----"
        r"(?:[\s\S]{0,8000}?-----END (?:[A-Z ]{1,20} )?PRIVATE KEY(?: BLOCK)?-----)?",
        "PRIVATE KEY",
    ),
    _made("an AWS access key", "[AWS_KEY]", r"\bAKIA[A-Z2-7]{16}\b", "AKIA", entropy=3.0),
    _made("an AWS session key", "[AWS_KEY]", r"\bASIA[A-Z2-7]{16}\b", "ASIA", entropy=3.0),
    _made("an Anthropic key", "[API_KEY]", r"\bsk-ant-[a-z]{3,8}\d\d-[\w-]{60,120}", "sk-"),
    _made("an OpenAI key", "[API_KEY]", r"\bsk-(?:proj|svcacct|admin)-[\w-]{40,200}", "sk-", entropy=3.5),
    _made(
        "an API key", "[API_KEY]", r"\bsk-(?:or-v1-|live-|test-)?[A-Za-z0-9]{32,100}\b", "sk-", entropy=3.5
    ),
    _made(
        "a GitHub token",
        "[GITHUB_TOKEN]",
        r"\bgh[pousr]_[A-Za-z0-9]{36,255}\b",
        *("ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
        entropy=3.0,
    ),
    _made("a GitHub token", "[GITHUB_TOKEN]", r"\bgithub_pat_\w{60,100}\b", "github_pat_", entropy=3.0),
    _made("a GitLab token", "[GITLAB_TOKEN]", r"\bglpat-[\w-]{20,64}", "glpat-", entropy=3.0),
    _made(
        "a Slack token", "[SLACK_TOKEN]", r"\bxox[abeoprs]-(?:\d+-)*[A-Za-z0-9-]{10,200}", "xox", entropy=2.5
    ),
    _made(
        "a Slack address for messages",
        "[SLACK_WEBHOOK]",
        r"hooks\.slack\.com/(?:services|workflows)/([A-Za-z0-9+/]{40,60})",
        "hooks.slack.com",
    ),
    _made("a Google key", "[GOOGLE_KEY]", r"\bAIza[\w-]{35}(?![\w-])", "AIza", entropy=3.0),
    _made("a Hugging Face token", "[HF_TOKEN]", r"\bhf_[A-Za-z0-9]{34}\b", "hf_", entropy=3.0),
    _made(
        "a Stripe key",
        "[STRIPE_KEY]",
        r"\b[rs]k_(?:live|test|prod)_[A-Za-z0-9]{10,99}\b",
        "sk_",
        "rk_",
        entropy=2.0,
    ),
    _made("a SendGrid key", "[SENDGRID_KEY]", r"\bSG\.[\w-]{20,24}\.[\w-]{39,50}", "SG.", entropy=3.0),
    _made("an npm token", "[NPM_TOKEN]", r"\bnpm_[A-Za-z0-9]{36}\b", "npm_", entropy=3.0),
    _made("a PyPI token", "[PYPI_TOKEN]", r"\bpypi-AgEIcHlwaS5vcmc[\w-]{50,1000}", "pypi-AgEI"),
    _made("a DigitalOcean token", "[DO_TOKEN]", r"\bdo[opr]_v1_[a-f0-9]{64}\b", "_v1_"),
    _made("a Shopify token", "[SHOPIFY_TOKEN]", r"\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}\b", "shp"),
    _made("a Telegram bot token", "[BOT_TOKEN]", r"\b\d{8,10}:AA[\w-]{33}(?![\w-])", ":AA", entropy=3.0),
    _made("an Azure storage key", "[AZURE_KEY]", r"AccountKey=([A-Za-z0-9+/]{86}==)", "AccountKey="),
    _made(
        "a signed token (JWT)", "[TOKEN]", r"\beyJ[\w-]{15,2000}\.eyJ[\w-]{15,4000}\.[\w-]{10,1000}", "eyJ"
    ),
    _made(
        "a password or key",
        "[SECRET]",
        r"(?:api[_ -]?key|secret(?:[_ -]?(?:key|token))?|access[_ -](?:key|token)|auth[_ -]token"
        r"|passw(?:or)?d|pwd)[\"']?\s{0,3}(?::=|[:=]|=>|\bis\b)\s{0,3}[\"'`]?([A-Za-z0-9+/_.=~!@#$%^&*-]{16,100})",
        *("apikey", "api key", "api-key", "api_key", "secret", "passw", "pwd", "access key", "access token"),
        *("access_", "access-", "auth token", "auth_", "auth-"),
        entropy=3.5,
        folded=True,
    ),
)

_EXAMPLES = re.compile(
    r"example|sample|dummy|fake|placeholder|your|changeme|xxx|\*\*\*|1234567890|abcdefgh|\.\.\.|redacted|insert"
    r"|test[_-]?key|not[_-]?real|foobar",
    re.IGNORECASE,
)
"""What documentation writes in place of a secret."""
_NAME_LIKE = re.compile(r"[A-Za-z_.-]+|[\d.,:/-]+|\w+\.\w+\([\w.]*|https?:.*")
"""Words, numbers, calls and addresses, which the pattern by name would else take for secrets."""
_BY_NAME = "[SECRET]"
_PATH = re.compile(r"(?:~|\.{1,2})?/[\w./~-]+", re.ASCII)
_CHAIN = re.compile(r"[\w./:~-]+", re.ASCII)
_SEPARATORS = re.compile(r"[./:~_-]+")
_PART = re.compile(r"[A-Za-z]?[a-z]{0,15}\d{0,4}|[A-Z]{1,12}\d{0,3}")
"""Of a name or a path: a word, a number, a word with a number behind it."""
_FOLLOWERS = (
    "abcdfgiklmnprstuvwxyz babeijlorstuy cacehiklorstuy dadegilmnorsuvwy eabcdefghijklmnopqrstuvwxyz "
    "faefilorstuy gaeghilnorsuy haeilmnorstuy iabcdefgklmnoprstuvxz jaeou kaeilnosy lacdefiklmopstuvy "
    "mabefimnopsuy nacdefghijklmnopqrstuvy oabcdefgiklmnoprstuvwxy paehiloprstuy qu "
    "rabcdefghiklmnoprstuvwy sacefghiklmnopqrstuwy tacefhilmnorstuwy uabcdefgilmnoprstyz vaeio waehilnors "
    "xaceipt yabceimnoprst zaeioz"
)
"""Letters, each with those that stand behind it in words: 99 in 100 English words have no other pair."""
_PAIRS = frozenset(row[0] + letter for row in _FOLLOWERS.split() for letter in row[1:])
_PASSWORD = re.compile(r"passw|pwd|passphrase", re.IGNORECASE)
_CODE_NAME = re.compile(r"[a-z_]\w*(?:\.[a-z_]\w*)+")
"""A member of something, as programs write it."""
_RANDOM = re.compile(r"(?=\D*\d)(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])[A-Za-z0-9+]{16,}")
_FEWEST_PARTS = 3
_FEWEST_LETTERS = 3

_LITERALS = {trigger for pattern in PATTERNS for trigger in pattern.triggers}
TRIGGERS: tuple[bytes, ...] = tuple(sorted({literal.encode("ascii") for literal in _LITERALS}))
"""One of these is in every text that holds a secret."""


def find_secrets(text: str) -> Iterator[FoundSecret]:
    """What looks like a secret, in the order of the patterns; spans do not overlap."""
    lowered = text.lower()
    taken: list[tuple[int, int]] = []
    for kind in PATTERNS:
        searched = lowered if kind.folded else text
        if not any(map(searched.__contains__, kind.triggers)):
            continue
        for match in kind.pattern.finditer(text):
            group = 1 if kind.pattern.groups else 0
            start, end = match.span(group)
            if any(start < b and a < end for a, b in taken) or not _is_real(kind, match[group], match[0]):
                continue
            taken.append((start, end))
            yield FoundSecret(kind.name, kind.mask, start, end)


def _is_real(kind: SecretPattern, secret: str, whole: str) -> bool:
    if _EXAMPLES.search(secret) or bits_per_character(secret) < kind.entropy:
        return False
    return kind.mask != _BY_NAME or (
        _NAME_LIKE.fullmatch(secret) is None
        and any(map(str.isdigit, secret))
        and not _is_made_of_words(secret, is_password=_PASSWORD.search(whole) is not None)
    )


def _is_made_of_words(value: str, *, is_password: bool) -> bool:
    """Whether it is a path, a dotted name, or words and short numbers joined by hyphens: no password."""
    is_path = _PATH.fullmatch(value) is not None
    if not is_path and _CHAIN.fullmatch(value) is None:
        return False
    if is_password and not is_path and _CODE_NAME.fullmatch(value) is None:
        return False
    parts = [part for part in _SEPARATORS.split(value) if part]
    if is_path and any(_RANDOM.fullmatch(part) for part in parts):
        return False
    words = sum(_is_word(part) for part in parts if is_path or part.isalpha())
    if len(parts) < _FEWEST_PARTS - is_path or words * 2 < len(parts):
        return False
    if is_path:
        return True
    letters = sum(part.isalpha() and len(part) >= _FEWEST_LETTERS for part in parts)
    return all(map(_PART.fullmatch, parts)) and words >= letters


def _is_word(part: str) -> bool:
    """Whether it looks like one, a number behind it aside."""
    word = part.rstrip("0123456789").lower()
    return len(word) > 1 and all(first + second in _PAIRS for first, second in pairwise(word))


def is_made_up(secret: str) -> bool:
    """Whether it is what documentation writes in place of a secret."""
    return _EXAMPLES.search(secret) is not None


def bits_per_character(text: str) -> float:
    """Shannon entropy of the characters."""
    size = len(text)
    return -sum(n / size * math.log2(n / size) for n in Counter(text).values()) if size else 0.0
