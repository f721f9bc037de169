"""What markdown-it shows as text survives; what it shows as code, and comments, do not; every line stays at its number."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from aiact_rules.sources.prose import MOST_LINES, prose
from aiact_rules.sources.text_files import read_text

CARDS = Path(__file__).parents[2].parent / "shared" / "cases" / "modelcards"
READERS = [
    MarkdownIt("commonmark", {"maxNesting": 1000}),
    MarkdownIt("commonmark", {"maxNesting": 1000}).enable("table"),
]
_UNESCAPED = re.compile(r"\\(?=[!-/:-@\[-`{-~])")


def _missing(markdown: str) -> Iterator[str]:
    """Return the words of paragraphs, headings, lists and tables that are no longer in their lines."""
    kept = [_UNESCAPED.sub("", line) for line in prose(markdown).split("\n")]
    for reader in READERS:
        for token in reader.parse(markdown):
            if token.type == "inline" and token.map is not None:
                lines = "\n".join(kept[token.map[0] : token.map[1]])
                for child in token.children or ():
                    if child.type in ("text", "code_inline"):
                        yield from (word for word in re.findall(r"\w+", child.content) if word not in lines)


@pytest.mark.parametrize(
    "markdown",
    [
        "<!-->\n\nvisible\n\n-->",
        "<!--->\n\nvisible\n\n-->",
        "Write `<!--` to begin.\n\nvisible -->",
        "Write `<!--` to begin, visible -->",
        "Write \\<!-- to begin, visible -->",
        "[a](b<!--c) visible -->",
        '[a](b "<!--") visible -->',
        "<!-- a\n\n```\n<!-- -->\n\nvisible\n\n```\n-->\n",
        "```\n<!--\n```\n\nvisible\n\n```\n-->\n```",
        "> ```\n\nvisible\n",
        "> ```\nvisible\n",
        "- ```\n\nvisible\n",
        "1. ```\n\nvisible\n",
        "- a\n  ```\nvisible\n",
        "a\n\n    ```\n\nvisible\n\n    ```\n",
        "a\n\n            ```\n\nvisible\n",
        "a\n    visible\n    ```\n    visible too\n",
        "<div>\n```\n\nvisible\n\n```\n</div>",
        "<pre>\n\n```\n</pre>\nvisible\n",
        "| a <!-- | visible --> |\n|---|---|\n| b <!-- | visible --> |\n",
        "- a\n\n  visible\n- b\n\n      code\n\n  visible too",
        "- \n\n      ```\n\nvisible\n",
        "1. a\n2. ```\n   code\n   ```\n   visible",
        "a\n2. ```\n   visible\n   ```\nvisible too\n",
        "[a]: /b\n===\n    visible\n",
        "~~~ a ~~~\ncode\n~~~\nvisible\n",
        "``` a ``` visible\n\n    ```\nvisible\n",
        "<!-- a ---> visible -->",
        ">\n    >visible",
        "a | b\n-|-\n1 | visible\n",
    ],
)
def test_what_a_reader_sees_as_text_survives(markdown: str) -> None:
    assert list(_missing(markdown)) == []


@pytest.mark.parametrize(
    "markdown",
    [
        "```\nhidden\n```",
        "a\n```python\nhidden\n",
        "~~~~\n~~~\nhidden\n~~~~",
        "a\n\n    hidden\n\n    hidden\n",
        "    hidden",
        "> ```\n> hidden\n",
        "- a\n\n      hidden\n",
        "- ```\n  hidden\n  ```\n",
        "<!-- hidden -->",
        "<!--\nhidden\n\nhidden -->",
        "Text <!-- hidden --> text <!-- hidden\nhidden --> text",
        "# Title <!-- hidden -->",
        "<div>\n<!-- hidden -->\n</div>",
        "> <!-- hidden\n> hidden -->\n",
        "<b>Text</b> <!-- hidden -->",
    ],
)
def test_code_and_comments_are_blank(markdown: str) -> None:
    assert "hidden" not in prose(markdown)


@pytest.mark.parametrize(
    ("markdown", "read"),
    [
        ("recruit<!-- -->ment", "recruitment"),
        ("recruit<!--\n-->ment of a\nb", "recruitment\n of a\nb"),
        ("One <!--\na\nb --> sentence.", "One \n>\n sentence."),
        ("a <!-- b --!> c -->", "a <!-- b --!> c -->"),
        ("<!-- a --!> c -->", " c -->"),
        ("<textarea><!-- a --></textarea>", "<textarea><!-- a --></textarea>"),
        ("[^1]: A note.\n\n    More of it.\n", "[^1]: A note.\n\n    More of it.\n"),
    ],
)
def test_a_comment_is_cut_out_of_its_word_and_only_where_it_is_one(markdown: str, read: str) -> None:
    assert prose(markdown) == read


def test_code_and_comments_are_not_prose_and_lines_stay() -> None:
    text = "a\n```python\nb\n```\n<!-- c\nd -->\ne\n\n    f\n\n- g\n\n    h\n~~~\ni"
    assert prose(text).split("\n") == ["a", "", "", "", "", "", "e", "", "", "", "- g", "", "    h", "", ""]


def test_a_comment_that_never_ends_stays_text() -> None:
    assert "hidden" in prose("<!-- hidden")


def test_what_is_too_long_or_too_deep_is_all_prose() -> None:
    assert prose("a\n" * MOST_LINES + "```\nkept\n").endswith("```\nkept\n")
    assert prose("> " * 30 + "```\n" + "> " * 30 + "kept").endswith("kept")


@pytest.mark.parametrize(
    "card",
    [
        pytest.param(path, id=path.name)
        for path in sorted([*CARDS.rglob("*.md")])
        if "nul_byte" not in path.name
    ]
    or [pytest.param(None, marks=pytest.mark.skip("the real cards are not here"))],
)  # fmt: skip
def test_everything_shown_of_a_real_card_survives(card: Path) -> None:
    assert list(_missing(read_text(card).text)) == []


PARTS = st.sampled_from(
    ["```", "~~~", "````", "``` py", "<!--", "-->", "<!-->", "--!>", "> ", "- ", "1. ", "2. ", "    ", "  ", " ", "\t"]
    + ["\n", "\n", "\n\n", "W", "W ", "`", "\\", "<div>", "</div>", "<b>", "<pre>", "</pre>", "<script>", "<?", "?>"]
    + ["---", "===", "--", "| W | W |\n|---|---|\n", "[W]: /u", "[^W]: W", "[", "](", ")", '"', '<a title="', "'"]
    + ["#", " # ", "***", "<a\n", "&", "<textarea>", "10) ", "|", "\n    ", "\n  ", "\n> ", "\n- ", "\n   ", "\n  > "]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PARTS, max_size=25))
def test_no_markdown_hides_what_a_reader_sees(parts: list[str]) -> None:
    markdown = "".join(part.replace("W", f"w{number}q") for number, part in enumerate(parts))
    try:
        missing = list(_missing(markdown))
    except IndexError:  # a fault of markdown-it's own
        assume(False)
    assert missing == []
    assert prose(markdown).count("\n") == markdown.count("\n")


@pytest.mark.parametrize(
    "unit",
    ["<!--", "<!-- a -->", "a_", "- ", "> ", "\n", "a\n", "```\n", "<a\n", "<b a='", "`", "](", "* ", "- a\n", "|-\n"],
)
def test_no_markdown_takes_unreasonably_long(unit: str) -> None:
    began = time.process_time()
    prose(unit * (1_000_000 // len(unit)))
    assert time.process_time() - began < 2
