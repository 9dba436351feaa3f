"""Names that attack whatever shows them: markup, scripts, formulas, characters that steer, and very long ones."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

MARKUP = (
    "<script>alert(1)</script>", "</script><script>alert(1)</script>", "</style><b>", "</title><b>", "<!--", "-->",
    "]]>", "<![CDATA[x]]>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>", "<svg><desc></svg>",
    '" onmouseover="alert(1)', "' onfocus='alert(1)' autofocus='", "`onclick=alert(1)`", "><b>", "</td></table><h1>",
    "javascript:alert(1)", "data:text/html,<b>", "vbscript:x", "&lt;b&gt;", "&#60;b&#62;", "&amp", "&NotEqualTilde;",
    "<base href=//x>", "<meta http-equiv=refresh content=0>", "<link rel=stylesheet href=//x>", "<iframe srcdoc=x>",
    "<style>*{display:none}</style>", "@import '//x'", "url(//x)", "{color:red}", "<math><mi>", "<template>",
    "<plaintext>", "<a href=//x>", "<?xml version='1.0'?>", "<!DOCTYPE x [<!ENTITY y SYSTEM '//x'>]>", "{{7*7}}",
    "${7*7}", "%3Cscript%3E", "\\x3cb\\x3e",
)  # fmt: skip
CELLS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    '=HYPERLINK("//x")',
    "＝1＋1",
    "\t=1",
    "|cmd|' /C calc'!A0",
    "a|b",
    "*b*",
    "`b`",
    "[b](//x)",
)
STEERING = (
    "\x1b[2J", "\x00", "\x02", "\x03", "\x07", "\r\n# b", "\x9b2J", "\u2028", "\u2029", "\u200b", "\u200d", "\ufeff",
    "\u202e", "\u202a", "\u2066", "\u2069", "\u200f", "\ud800", "\udfff", "\ufffe", "\uffff", "\U0001fffe", "\ufdd0",
    "\ue000",
)  # fmt: skip
PLAIN = (
    "שלום",
    "مرحبا 12",
    "😀",
    "👩‍👩‍👧",
    "e\u0301" * 9,
    "在线客服",
    "x" * 500,
    "词" * 500,
    "a b " * 125,
    "",
    " ",
    "\xa0",
)
PLACES = (
    "{}",
    "a{}",
    "{} 1",
    "在线{}客服",
    "{0}{0}",
    "שלום {}",
    "\u202e{}",
    "{}" + "x" * 500,
    "a & {} < b",
    '"{}"',
    "'{}'",
    "{}\n{}",
)


def hostile_names() -> Iterator[str]:
    """More than a thousand names."""
    yield from PLAIN
    for place, name in product(PLACES, (*MARKUP, *CELLS, *STEERING)):
        yield place.format(name, name)
