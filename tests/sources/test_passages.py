"""Passages hold what a browser shows of a Markdown text, each word in its line, at a cost linear in the text."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from aiact_rules.core.problems import InputError
from aiact_rules.sources.front_matter import split_front_matter
from aiact_rules.sources.markdown_blocks import MOST_LEVELS, MOST_MARKS
from aiact_rules.sources.passages import MOST_LINES, Passage, PassageKind, passages, value
from aiact_rules.sources.text_files import read_text
from visible_words import as_seen, words_read, words_shown

CARDS = Path(__file__).parents[2].parent / "shared" / "cases" / "modelcards"
HEADING, TEXT, ITEM, CELL = PassageKind.HEADING, PassageKind.TEXT, PassageKind.ITEM, PassageKind.CELL


def texts(markdown: str) -> list[str]:
    """Return the texts of the passages, each once, its blanks made one."""
    return [" ".join(passage.text.split()) for passage in as_seen(passages(markdown))]


def all_text(markdown: str) -> str:
    """Return everything that is read, in every way in which it is."""
    return " ".join(" ".join(passage.text.split()) for passage in passages(markdown))


# The same words as markdown-it and html5lib show


@pytest.mark.parametrize(
    "markdown",
    [
        # Paragraphs and headings
        "one\ntwo\n\nthree\n\n\nfour",
        "one  \ntwo\\\nthree",
        "   one\n  two\n\n    code",
        "one\n    two",
        "# one\n\n## two ##\n\n#three\n\n####### four\n\n# five \\#\n\n#\tsix\n",
        "one\n===\ntwo\n---\n\nthree\nfour\n====\n",
        "***\n---\n___\n\none\n***\ntwo\n\n+++",
        # Code
        "```\ncode\n```\none",
        "```one``` two",
        "~~~ a ~~~\ncode\n~~~\none\n",
        "``` a ``` one\n\n    ```\ntwo\n",
        "````\n```\ncode\n````\none",
        "one\n```\ncode never ends",
        "> ```\n> code\n\none\n",
        "- ```\n  code\n  ```\n  one\n",
        "    code\n\n    code\n\none",
        "a\n\n            ```\n\none\n",
        "`one` ``two ` three`` `` ` `` four",
        "`one\ntwo`three",
        "a` one ` two",
        "`one `` two",
        # Lists and quotations
        "- one\n- two\n  - three\n\n  four\n\n      code\n* five",
        "1. one\n2) two\n\n1986\\. three\n\n10. four\nfive",
        "one\n2. two\n\nthree\n1. four",
        "- \n\n      code\n\none\n",
        "-one\n\n-\ttwo\n\n- - - three",
        "> one\ntwo\n> > three\nfour\n>\n> five",
        ">\n    >one",
        "> # one\n> - two\n>\n>       code",
        # Marks within text
        "*one* **two** ***three*** _four_ __five__ fo**ur**teen fi_ve_teen 2*3*4 five * six *",
        "*one **two* three** a*\"b\"* **a*b*c** _(_d_)_",
        "~~one~~ t~~w~~o ~three~ fo~ur~teen ~~~five~~~",
        "\\*one\\* \\[two\\] \\`three\\` \\a \\\\ four\\_five",
        "&amp; &copy; &#65;nna &#x42;ob &nbsp; &unknown; &amp &#0; re&#99;ruit &lt;one&gt;",
        "one&#10;two&NewLine;three",
        # Links and images
        "[one](/a) [two](<b c> 'title') [three] [four][r] [five][] r[six](x)s [](y)\n\n[r]: /a 'title'\n[five]: <> (t)",
        "[one [two](/a) three](/b) [four](not a target) [five](a\nb)",
        "![one](/a) ![two *three*](b \"t\") ![four][r] [![five](b)](c) six\n\n[r]: /x\n",
        "[one]: /a\n===\n    two\n",
        "[one]: /a 'title\nthat goes on'\n[two]: /b\nthree",
        "<a@b.example> <not a link> one<br>two<br/>three",
        # HTML
        "<div>\none *two*\n\n*three*\n</div>",
        "<p>one</p><p>two</p>\n\nthree<span>four</span> <i a='>'>five</i>",
        "<pre>\n\n```\n</pre>\none\n",
        "<script>\ncode\n</script>\none",
        "<style>a{}</style>\n\none",
        "<table>\n<tr><td>one</td><td>two</td></tr>\n</table>",
        "<!-- no -->\none <!-- no\nno --> two tw<!-- -->o",
        "<!-- no\n\nno -->\n\none",
        "<!-- no -- > no --> one",
        "<!-->\n\none\n\n-->",
        "<!--->\n\none\n\n-->",
        "<!-- no --!> one -->",
        "one <!-- no --!> two -->",
        "Write `<!--` to begin, one -->",
        "Write \\<!-- to begin, one -->",
        "[a](b<!--c) one -->",
        "<?php no ?> one\n\n<!DOCTYPE no>\ntwo",
        "<div>&lt;one&gt; tw&#111; &amp three</div>",
        "<div>on<b title=a\"b>e</b> tw<i =x>o</i></div>",
        "<textarea><!-- one --></textarea> two",
        "<del>\n*one*\n</del>\n\n<ins>\n\n*two*\n\n</ins>",
        # Tables
        "| one | two |\n|---|:-:|\n| three | f*ou*r |\n| five |\n\nsix",
        "one | two\n-|-\nthree \\| four | `five \\| six`\nseven",
        "| a <!-- | one --> |\n|---|---|\n| b <!-- | two --> |\n",
        "> | one |\n> |---|\n> | two |\nthree",
        "| one | two |\n|---|\n| three |\n",
        "one\n| two |\n|---|\n| three |\n> four",
    ],
)  # fmt: skip
def test_passages_hold_the_words_that_a_browser_shows(markdown: str) -> None:
    assert words_shown(markdown)
    assert words_read(markdown) == words_shown(markdown)


def has_body(card: Path) -> bool:
    """Return whether a real card can be read: some are kept because their front matter is broken."""
    try:
        split_front_matter(read_text(card).text, card.name)
    except InputError:
        return False
    return card.parent.name != "awkward"


@pytest.mark.parametrize(
    "card",
    [pytest.param(path, id=path.name) for path in sorted(CARDS.rglob("*.md")) if has_body(path)]
    or [pytest.param(None, marks=pytest.mark.skip("the real cards are not here"))],
)
def test_passages_hold_the_words_that_a_browser_shows_of_a_real_card(card: Path) -> None:
    body = split_front_matter(read_text(card).text, card.name).body
    read, shown = Counter(words_read(body)), Counter(words_shown(body))
    assert not shown - read
    assert (read - shown).total() <= 4  # cells that stand in no column of their table


MARKDOWN = st.sampled_from(
    ["```", "~~~", "````", "``` py", "> ", "- ", "1. ", "2. ", "10) ", "    ", "  ", " ", "\t", "\n", "\n", "\n\n", "W"]
    + ["W ", "W", "`", "\\", "---", "===", "--", "[W]: /u", "[", "](", "][", ")", '"', "'", "#", " # ", "***", "&", "*"]
    + ["**", "_", "~~", "~", "![", "&#10;", "&nbsp;", "\u00a0", "\n    ", "\n  ", "\n> ", "\n- ", "\n   ", "\n  > "]
)
HTML = st.sampled_from(
    ["<!--", "-->", "<!-->", "--!>", "<div>", "</div>", "<b>", "</b>", "<pre>", "</pre>", "</script>", "<br>", "<td>"]
    + ["<h2>", "<li>", "</p>", "]]>", "?>", "| W | W |\n|---|---|\n", "| W | W | W |\n", "|", "[^W]: W"]
)


def numbered(parts: list[str]) -> str:
    """Return a text in which each word has a number of its own."""
    return "".join(part.replace("W", f"w{number}q") for number, part in enumerate(parts))


def counted(words: list[str]) -> Counter[str]:
    """Return how often each of our words is among these."""
    return Counter(word for word in words if word.startswith("w"))


@settings(max_examples=300, deadline=None)
@given(st.lists(MARKDOWN, max_size=25).map(numbered))
def test_any_markdown_is_read_as_it_is_shown(markdown: str) -> None:
    try:
        shown = words_shown(markdown)
    except IndexError:  # a fault of markdown-it's own
        assume(False)
    assert counted(words_read(markdown)) == counted(shown)


@settings(max_examples=300, deadline=None)
@given(st.lists(MARKDOWN | HTML, max_size=25).map(numbered))
def test_no_markdown_hides_what_a_reader_sees(markdown: str) -> None:
    try:
        shown = words_shown(markdown)
    except IndexError:
        assume(False)
    assert not counted(shown) - counted(re.findall(r"\w+", all_text(markdown)))


@settings(max_examples=300, deadline=None)
@given(st.lists(MARKDOWN | HTML, max_size=25), st.integers(1, 9))
def test_every_word_is_in_its_line(parts: list[str], first_line: int) -> None:
    markdown = "".join(part.replace("W", f"w{number}q{number}w") for number, part in enumerate(parts))
    for passage in passages(markdown, first_line):
        for word in re.finditer(r"\bw(\d+)q\1w", passage.text):
            line = passage.line + passage.text.count("\n", 0, word.start())
            assert word.group() in markdown.split("\n")[line - first_line]


# What is no text


@pytest.mark.parametrize(
    "markdown",
    [
        "```\nhidden\n```",
        "a\n```python\nhidden\n",
        "~~~~\n~~~\nhidden\n~~~~",
        "a\n\n    hidden\n\n    hidden\n",
        "- a\n\n      hidden\n",
        "<!-- hidden -->",
        "<!--\nhidden\n\nhidden -->",
        "Text <!-- hidden --> text <!-- hidden\nhidden --> text",
        "# Title <!-- hidden -->",
        "<div>\n<!-- hidden -->\n</div>",
        "> <!-- hidden\n> hidden -->\n",
        "[a](hidden 'hidden')",
        "[a]: hidden 'hidden'",
        "<b hidden='hidden'>a</b>",
        "<div\nhidden\n>a</div>",
        "<script>hidden</script>",
        "<style>\n\nhidden\n\n</style>",
        "See https://hidden.example/hidden?hidden=(hidden)#hidden, or <ftp://hidden>, or www.hidden.example.",
    ],
)
def test_code_comments_and_targets_are_left_out(markdown: str) -> None:
    assert "hidden" not in all_text(markdown)


@pytest.mark.parametrize(
    "markdown",
    [
        "<!-- visible",
        "a <!-- visible",
        "<script>visible",
        "<xmp>\n\n<!-- visible -->\n\n</xmp>",
        "<svg><text><![CDATA[visible]]></text></svg>",
        "<div <visible",
        "[^1]: visible",
        "[^1]: A note.\n\n    visible\n\n    visible too",
        "| a |\n|---|\n| b | visible |",
        "<img src=x alt='visible'>",
        "<img src=x alt=visible>",
        '<input placeholder="visible">',
        "![a ![visible](x)](y)",
        "<a\nhref='x'>visible</a>",
        "[a](<b> visible)",
    ],
)
def test_what_some_reader_sees_is_kept(markdown: str) -> None:
    assert "visible" in all_text(markdown)


@pytest.mark.parametrize(
    ("markdown", "read"),
    [
        ("Read https://a.example/b. Then go on", "Read . Then go on"),
        ("See (www.a.example/b), please", "See ( ), please"),
        ("Not a url: http:// alone, awww.b", "Not a url: http:// alone, awww.b"),
    ],
)
def test_a_url_ends_before_the_punctuation_of_its_sentence(markdown: str, read: str) -> None:
    assert texts(markdown) == [read]


# Words with marks in them


@pytest.mark.parametrize(
    "markdown",
    [
        "recruit**ment**",
        "*re*cruitment",
        "recruit<b></b>ment",
        "re<i>cruit</i>ment",
        "recruit<b\n\tid='a'></b>ment",
        "recruit<!-- -->ment",
        "recruit<!--\n-->ment",
        "recruit[ment](https://a.example)",
        "recruit[ment][a]\n\n[a]: /b",
        "recruit`ment`",
        "recruit~~ment~~",
        "recruit&#109;ent",
        "recru\u00adit\u200bment",
        "<div>recruit<b></b>ment</div>",
        "<div>recruit</section>ment</div>",
        '<div>recruit<b x"y>ment</div>',
        "<div>recruit&#109ent</div>",
        "recruit</div>ment",
        "recruit<td>ment",
        "recruit<html>ment",
        "ｒｅｃｒｕｉｔｍｅｎｔ",
        *(f"recruit{sign}ment" for sign in "\u034f\u200b\u2062\u180e\ufe0f\u3164\U000e0041\x07\x1c"),
    ],
)
def test_a_mark_hides_no_word(markdown: str) -> None:
    assert "recruitment" in all_text(markdown)


@pytest.mark.parametrize(
    "markdown", ["job*applicants*", "it screens*job*applicants", "job<b>applicants</b>", "`job`applicants"]
)
def test_a_mark_that_alone_parts_words_parts_them(markdown: str) -> None:
    assert "job applicants" in all_text(markdown)


@pytest.mark.parametrize(
    "markdown",
    [
        "job<br>applicants",
        "job&nbsp;applicants",
        "| job | applicants |\n|-|-|",
        "<table><tr><td>job</td><td>applicants</td></tr></table>",
    ],
)
def test_words_apart_stay_in_one_passage_where_a_reader_sees_them_together(markdown: str) -> None:
    (passage,) = passages(markdown)
    assert re.fullmatch(r"job[\s|]+applicants", passage.text)


@pytest.mark.parametrize(
    "markdown",
    [
        "job\n\napplicants",
        "# job\napplicants",
        "- job\n- applicants",
        "job\n> applicants",
        "<p>job</p><p>applicants</p>",
    ]
    + ["<li>job<li>applicants", "<h1>job</h1>applicants", "<pre>\njob\n\napplicants\n</pre>", "job\n***\napplicants"],
)
def test_blocks_are_passages_of_their_own(markdown: str) -> None:
    assert texts(markdown) == ["job", "applicants"]


# Where they stand


def test_a_passage_knows_its_kind_line_headings_and_introduction() -> None:
    markdown = """\
# Card

Intro.

## Uses

Not for:

- hiring
  people

  at all
  - of any kind
1. other

> ### Quoted
> text

| a | b |
|---|---|
| c | *d* |

Setext
======

Done: ![picture](p)
"""
    top, uses = ("Card",), ("Card", "Uses")
    assert passages(markdown, 10) == (
        Passage("Card", 10, HEADING, level=1),
        Passage("Intro.", 12, TEXT, top),
        Passage("Uses", 14, HEADING, top, level=2),
        Passage("Not for:", 16, TEXT, uses),
        Passage("hiring\npeople", 18, ITEM, uses, "Not for:"),
        Passage("at all", 21, ITEM, uses, "Not for:"),
        Passage("of any kind", 22, ITEM, uses, "Not for:"),
        Passage("other", 23, ITEM, uses),
        Passage("Quoted", 25, HEADING, uses, level=3),
        Passage("text", 26, TEXT, (*uses, "Quoted")),
        Passage("a | b", 28, CELL, uses),
        Passage("c | d", 30, CELL, uses),
        Passage("Setext", 32, HEADING, level=1),
        Passage("Done:", 35, TEXT, ("Setext",)),
        Passage("picture", 35, TEXT, ("Setext",)),
    )


def test_the_structure_of_html_counts_as_that_of_markdown() -> None:
    markdown = """\
<h1>Card</h1>
<p>Not for:</p>
<ul>
  <li>hiring
  <li><b>people</b>
</ul>
<table><tr><th>a</th><th>b</th></tr>
<tr><td>c</td>
<td>d</td></tr></table>

Text
"""
    assert passages(markdown) == (
        Passage("Card", 1, HEADING, level=1),
        Passage("Not for:", 2, TEXT, ("Card",)),
        Passage("hiring", 4, ITEM, ("Card",), "Not for:"),
        Passage("people", 5, ITEM, ("Card",), "Not for:"),
        Passage("a | b", 7, CELL, ("Card",)),
        Passage("c\n | d", 8, CELL, ("Card",)),
        Passage("Text", 11, TEXT, ("Card",)),
    )


def test_line_ends_of_any_system_count_as_one() -> None:
    assert [passage.line for passage in passages("a\r\n\r\nb\r\rc")] == [1, 3, 5]


def test_an_introduction_is_the_paragraph_just_above() -> None:
    assert [passage.intro for passage in passages("a:\n\n***\n\n- b")] == [None, None]
    assert [passage.intro for passage in passages("a:\n\n```\n```\n\n- b")] == [None, None]
    assert [passage.intro for passage in passages("a.\n- b")] == [None, None]
    assert [passage.intro for passage in passages("- a:\n  - b\n- c")] == [None, "a:", None]


def test_a_value_is_normalised() -> None:
    assert value("ｃｖ\u200b-ranking", 3) == Passage("cv-ranking", 3, PassageKind.VALUE)


# What is too much to follow


def test_what_is_too_long_or_too_deep_is_taken_as_written() -> None:
    assert "kept" in all_text("a\n" * MOST_LINES + "```\nkept\n")
    assert "kept" in all_text("> " * (MOST_LEVELS + 1) + "```\n" + "> " * (MOST_LEVELS + 1) + "kept")
    nested = "".join("  " * depth + f"- a{depth}\n" for depth in range(60))
    assert all(f"a{depth}" in all_text(nested).split() for depth in range(60))
    (passage, *_) = passages("recruit**ment** " + "*a* " * MOST_MARKS)
    assert passage.text.startswith("recruit**ment** *a*")
    assert "recruitment a a" in all_text("recruit<b></b>ment " + "*a* " * 9 + "[" * MOST_MARKS).replace("*", "")


@pytest.mark.parametrize("lines", [MOST_LINES - 1, MOST_LINES, MOST_LINES + 1])
def test_lines_are_right_on_both_sides_of_the_bound(lines: int) -> None:
    found = passages("\n" * lines + "end", 5)
    assert [(passage.text, passage.line) for passage in found] == [("end", 5 + lines)]


def hostile() -> Iterator[str]:
    """Return units whose repetition costs some reader of Markdown more than their length."""
    yield from (
        "[",
        "![",
        "*",
        "_",
        "`",
        "**a",
        "*a ",
        "a_",
        "``a`",
        "](",
        "[a](",
        "[a](<b",
        "[a][",
        "![a](",
        "&",
        "\\",
        "~~",
    )
    yield from (
        "<!--",
        "<!-->",
        "<!-- a -->",
        "<a",
        "<a b='",
        "<b>",
        "<?",
        "<![CDATA[",
        "<!a",
        "</",
        "<script>",
        "<xmp>",
    )
    yield from (
        "<h1>a",
        "<ul>",
        "<td>",
        "<div>a</p>",
        "&#65;",
        "&#9999999",
        "http://",
        "a_*",
        "*[a*](",
        "[[a]](b",
        "a**b*",
    )
    yield from (
        "- ",
        "> ",
        "1. ",
        "> - ",
        "\n",
        "a\n",
        "- a\n",
        "> a\n",
        "- a\n+ a\n",
        "> " * 20 + "a\n",
        "- " * 10 + "a\n",
    )
    yield from (
        "[a]: b\n",
        "[a\n",
        "[a]: b '\n",
        "# a\n",
        "***\n",
        "===\n",
        "|-\n",
        "|a|\n|-|\n",
        "|",
        "```\n",
        "    a\n",
        "\t",
    )
    yield from ("a\n\n", "<div>\n", "<a\n", "a&nbsp;", "\u0315\u0300", "\ufdfa", "a\n  > ")


@pytest.mark.parametrize("unit", sorted(set(hostile())))
def test_no_markdown_takes_more_steps_than_its_length_asks_for(unit: str) -> None:
    """Calls are counted, since time depends on the machine; what regular expressions take is seen by benchmarks/hostile.py."""

    def calls(size: int) -> int:
        text = unit * (size // len(unit))
        count = 0

        def count_call(_frame: FrameType, event: str, _argument: object) -> None:
            nonlocal count
            count += event in ("call", "c_call")

        before = sys.getprofile()
        sys.setprofile(count_call)
        try:
            passages(text)
        finally:
            sys.setprofile(before)
        return count

    calls(1_000)
    assert calls(40_000) < 2.2 * calls(20_000) + 2_000
