"""Shown: a text as its readers see it, without what they do not: invisible characters, tags and marks inside words."""

from __future__ import annotations

import html
import re
import unicodedata

from aiact_rules.sources.html_text import BLOCK_TAGS

MOST_MARKS = 30
"""Combining marks on one character that are kept: the limit of Unicode's Stream-Safe Text Format (UAX 15)."""

# Unicode's Default_Ignorable_Code_Point, the other format characters without width, and control characters but for line
# ends and other blanks.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]+"
)
_MARKS = re.compile(rf"[^\w\s\x00-\x7f]{{{MOST_MARKS + 1},}}")
_LONG_FORMS = re.compile("[\ufdfa\ufdfb]")  # one character each for a whole sentence of Arabic

_ONE_TAG = (
    r"<(?:[A-Za-z][A-Za-z0-9-]*+"
    r"(?:[ \t\n]++[A-Za-z_:][A-Za-z0-9_.:-]*+(?:[ \t\n]*+=[ \t\n]*+(?:[^ \t\n\"'=<>`]++|'[^']*+'|\"[^\"]*+\"))?)*+"
    r"[ \t\n]*+/?|/[A-Za-z][A-Za-z0-9-]*+[ \t\n]*+)>"
)
_TAG = re.compile(_ONE_TAG)
_TAGS_IN_WORD = re.compile(rf"(?:{_ONE_TAG}[^\s<]*+)++")
_BREAKING_TAG = re.compile(rf"</?(?:br|{'|'.join(sorted(BLOCK_TAGS))})(?=[\s/>])", re.IGNORECASE)
_LINK = re.compile(r"\[([^\[\]\n]{0,500})\]\([^()\s]{0,500}\)")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_ESCAPE = re.compile(r"\\(?=[!-/:-@\[-`{-~])")
_MARK_IN_WORD = re.compile(r"(?<=[^\W_])(?:[*`]++|~~)++(?=[^\W_])")
_MIGHT_DIFFER = re.compile(r"[<&\\*`\[~\x1c-\x1f]")


def normalised(text: str) -> str:
    """Return a text in Unicode's compatibility form (NFKC) without invisible characters, in time linear in its length."""
    if text.isascii():
        return _INVISIBLE.sub("", text)
    text = _LONG_FORMS.sub("", _INVISIBLE.sub("", text))
    return unicodedata.normalize("NFKC", _MARKS.sub(_with_few_marks, text))


def shown(text: str) -> tuple[str, ...]:
    """Return how a text may be read, each way normalised: as written, and as a browser shows its Markdown and HTML.

    The second is left out where it is the same. In both every word stands in the line it had. A mark inside a word may be
    one a reader sees (`2*3`) or one that only hides the word (`recruit**ment**`), so neither way is enough alone.
    """
    written = normalised(text)
    if _MIGHT_DIFFER.search(text) is None:
        return (written,)
    rendered = _LINK.sub(r"\1", _TAGS_IN_WORD.sub(_without_tags, text))
    rendered = _ENTITY.sub(_decoded, rendered)
    rendered = _INVISIBLE.sub("", rendered)
    rendered = _MARK_IN_WORD.sub("", _ESCAPE.sub("", rendered))
    rendered = normalised(re.sub("[\x1c-\x1f]+", "", rendered))
    return (written,) if rendered == written else (written, rendered)


def _with_few_marks(run: re.Match[str]) -> str:
    if not any(map(unicodedata.combining, run.group())):
        return run.group()
    kept, marks = [], 0
    for sign in run.group():
        marks = marks + 1 if unicodedata.combining(sign) else 0
        if marks <= MOST_MARKS:
            kept.append(sign)
    return "".join(kept)


def _without_tags(word: re.Match[str]) -> str:
    """Return a word without the tags in it, then the line ends that stood in them."""
    shown = _TAG.sub(lambda tag: " " if _BREAKING_TAG.match(tag.group()) else "", word.group())
    # No line end next to another, where a sentence goes on that a blank line would end.
    return shown + ">".join(["\n"] * word.group().count("\n"))


def _decoded(entity: re.Match[str]) -> str:
    sign = html.unescape(entity.group())
    return " " if sign.isspace() else sign
