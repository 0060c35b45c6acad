"""Random JSON for the laws: odd characters, odd spacing, odd spellings."""

import json
from typing import Any

from hypothesis import strategies as st

ODD = [
    "\u2028",
    "\u2029",
    "\0",
    "\ufeff",
    "\x85",
    "\x7f",
    "\ud800",
    "\udfff",
    "😀",
    "é",
    '"',
    "\\",
    "/",
    "\n",
]
TEXT = st.text(st.one_of(st.characters(codec=None), st.sampled_from(ODD)), max_size=12)
SCALAR = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    TEXT,
)
VALUE = st.recursive(
    SCALAR,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXT, inner, max_size=4)),
    max_leaves=15,
)


def normalised(value: Any) -> Any:
    """As JSON carries it: a high surrogate followed by a low one becomes one character."""
    return json.loads(json.dumps(value))


@st.composite
def spelled(draw: st.DrawFn, value: Any) -> bytes:
    """A value written in some style that tools use."""
    comma = draw(st.sampled_from([",", ", ", " ,", ",\t"]))
    colon = draw(st.sampled_from([":", ": ", " : "]))
    ascii_only = draw(st.booleans())
    text = json.dumps(value, separators=(comma, colon), ensure_ascii=ascii_only)
    body = "".join(f"\\u{ord(c):04x}" if "\ud800" <= c <= "\udfff" else c for c in text)
    return (draw(st.sampled_from(["", " "])) + body + draw(st.sampled_from(["", "\n", " \r\n"]))).encode()
