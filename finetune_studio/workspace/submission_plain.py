"""What a service says of a file or a job, in plain words: what is wrong, and what to do.

The texts of services are those that were seen (OpenAI's file validation, mid-2026); what is not known
here is shown as it came.
"""

import re
from dataclasses import dataclass

_I = re.IGNORECASE


@dataclass(frozen=True, slots=True)
class PlainWords:
    text: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class _Saying:
    """`text` and `advice` may hold the groups of `pattern` by name."""

    pattern: re.Pattern[str]
    text: str
    advice: str = ""


_MEND = "Open it, mend it and start again."
_SAYINGS = (
    _Saying(
        re.compile(r"has (?P<has>\d+) example(?:\(s\)|s)?,? but must have at least (?P<least>\d+)", _I),
        "The file has {has} examples, and the service wants at least {least}.",
        "Write more, or keep fewer for validation.",
    ),
    _Saying(
        re.compile(r"example (?P<n>\d+) contains an extra [\"'“]?(?P<key>\w+)", _I),
        "Line {n} of the file has the key “{key}”, which the service does not take there.",
        "Take the key out and start again.",
    ),
    _Saying(
        re.compile(r"example (?P<n>\d+), message (?P<m>\d+).{0,40}'role' is missing", _I),
        "A message in line {n} of the file has no role.",
        _MEND,
    ),
    _Saying(
        re.compile(r"example (?P<n>\d+) cannot be parsed.*invalid json", _I | re.DOTALL),
        "Line {n} of the file is no JSON that the service can read.",
        _MEND,
    ),
    _Saying(
        re.compile(r"example (?P<n>\d+) is missing key ['\"]?(?P<key>\w+)", _I),
        "Line {n} of the file lacks “{key}”.",
        _MEND,
    ),
    _Saying(
        re.compile(r"is in the \S*chat\S* format.*method[ =]+['\"]?dpo", _I | re.DOTALL),
        "The file holds conversations, and the job was to train on preference pairs.",
        "Choose the method Supervised, or send preference pairs.",
    ),
    _Saying(
        re.compile(r"is in the \S*preference\S* format.*method[ =]+['\"]?supervised", _I | re.DOTALL),
        "The file holds preference pairs, and the job was to train on conversations.",
        "Choose the method Preference (DPO), or send conversations.",
    ),
    _Saying(
        re.compile(r"expected file to have jsonl format", _I),
        "The service cannot read the file as lines of JSON objects.",
        "See what was sent; a line in it is broken.",
    ),
    _Saying(
        re.compile(r"flagged lines|moderation|usage polic|unsafe|safety", _I),
        "The service's moderation does not take some of the examples.",
        "Open them; mend or reject them and start again.",
    ),
    _Saying(
        re.compile(r"insufficient_quota|exceeded your current quota|hard limit|billing", _I),
        "The account has no credit left, or has reached its limit.",
        "Check the plan and the billing of the account, then start again.",
    ),
    _Saying(
        re.compile(r"(?:maximum|context) (?:context )?length|too many tokens|exceeds? .{0,30}tokens", _I),
        "An example is longer than the model takes.",
        "Shorten or split it; the checks name examples over the limit.",
    ),
)


def plain_words(text: str) -> PlainWords | None:
    """None for what is not known, and for an empty text."""
    for saying in _SAYINGS:
        found = saying.pattern.search(text)
        if found is not None:
            groups = {name: value or "" for name, value in found.groupdict().items()}
            return PlainWords(saying.text.format(**groups), saying.advice)
    return None
