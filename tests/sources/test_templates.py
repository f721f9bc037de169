from __future__ import annotations

import pytest

from aiact_rules.sources.templates import is_placeholder, is_untouched, without_placeholders


@pytest.mark.parametrize(
    "text", ["[More Information Needed]", "{{ licence }}", " [more information needed] [TODO]", "{% if x %}", "<TBD>"]
)
def test_a_marker_is_a_placeholder(text: str) -> None:
    assert is_placeholder(text)


@pytest.mark.parametrize("text", ["", "mit", "see [More Information Needed] below", "[a, b]", "{x}"])
def test_what_says_something_is_not(text: str) -> None:
    assert not is_placeholder(text)


FORM = """# Risk report for {{ name }}
<!-- Describe here at length which risks were identified, by whom, when, with which method and what was done. -->
## Risks
- **Found by:** [More Information Needed]

**Measures:**

[More Information Needed]
"""


def test_a_form_nobody_filled_in_is_untouched() -> None:
    assert is_untouched(FORM)


def test_a_form_with_an_answer_is_not() -> None:
    assert not is_untouched(FORM + "\n" + "The team found that the ranking favours long texts. " * 6)


@pytest.mark.parametrize(
    "form", ["# <TODO>\n", "<!-- a -->\n\n[TBD]", "| Name |\n|---|\n| {{ name }} |\n", "<insert text>"]
)
def test_a_marker_counts_wherever_a_reader_sees_it(form: str) -> None:
    assert is_untouched(form)
    assert not is_untouched(f"Said.\n\n```\n{form}\n```\n")


def test_short_labels_beside_markers_say_nothing() -> None:
    assert is_untouched("[TBD]\n\n" + "**Intended use:**\n\n" * 30)


def test_a_text_without_markers_is_not() -> None:
    assert not is_untouched("Short.")


def test_braces_in_code_are_no_markers() -> None:
    assert not is_untouched("See the paper.\n```\ntitle={{Ranking}}\n```\n")


def test_bare_markers_in_yaml_are_blanked_and_counted() -> None:
    text, lines = without_placeholders("# remark\n{{ card_data }}\nlicense: {{ licence }}\ntags:\n- {{ tag }}\nname: x")
    assert text == "# remark\n\nlicense:\ntags:\n-\nname: x"
    assert lines == (2, 3, 5)
