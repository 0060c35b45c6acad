"""API keys in memory: hidden in every repr, masked in every log line."""

import logging
import re
from dataclasses import dataclass
from typing import Any

_OURS = r"(?!fts-(?:\d{8}-[0-9a-f]{16}|[0-9a-f]{40,64})\b)"
"""Our references and the names of sent files begin like the tokens of the local server, and are shown."""
_KEY_LIKE = re.compile(rf"\b{_OURS}(?:sk|fts|key)-[A-Za-z0-9_\-]{{8,}}|(?<=Bearer )[A-Za-z0-9._~+/=\-]{{8,}}")
HIDDEN = "[key]"
_SHORTEST = 8
"""Characters below which a key is too common a text to be taken out of answers."""


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A key that no repr, str, format or traceback line shows; `reveal` is for the request alone."""

    _value: str

    def reveal(self) -> str:
        return self._value

    @property
    def hint(self) -> str:
        """The last four characters, for telling keys apart; nothing of a short key."""
        return f"…{self._value[-4:]}" if len(self._value) >= 16 else "…"

    def __bool__(self) -> bool:
        return bool(self._value)

    def __repr__(self) -> str:
        return "Secret(…)"

    def __str__(self) -> str:
        return "…"

    def __reduce__(self) -> Any:
        raise TypeError("a Secret is never written to a file or sent to another process")


def mask(text: str, *secrets: Secret) -> str:
    """Replace the given keys, and whatever looks like a key, by "[key]"."""
    for secret in secrets:
        if secret:
            text = text.replace(secret.reveal(), HIDDEN)
    return _KEY_LIKE.sub(HIDDEN, text)


def without_key(answer: bytes, secret: Secret) -> bytes:
    """An answer of a service, which may echo the key in an error or an event, without it."""
    key = secret.reveal().encode()
    return answer.replace(key, HIDDEN.encode()) if len(key) >= _SHORTEST else answer


class KeyFilter(logging.Filter):
    """A logging filter that masks keys in messages, arguments and tracebacks; put it on handlers."""

    def __init__(self, *secrets: Secret) -> None:
        super().__init__()
        self._secrets = list(secrets)

    def add(self, secret: Secret) -> None:
        if secret not in self._secrets:
            self._secrets.append(secret)

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = mask(record.getMessage(), *self._secrets)
        record.args = None
        if record.exc_info:
            text = logging.Formatter().formatException(record.exc_info)
            record.exc_text = mask(text, *self._secrets)
            record.exc_info = None
        elif record.exc_text:
            record.exc_text = mask(record.exc_text, *self._secrets)
        return True
