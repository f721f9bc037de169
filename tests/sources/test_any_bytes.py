"""Whatever the bytes, a reader gives facts or an InputError that names the document, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aiact_rules.core.cues import Cue
from aiact_rules.core.problems import InputError, Problem
from aiact_rules.core.vocabulary import Vocabulary
from aiact_rules.sources.cues import find_signals
from aiact_rules.sources.ml_bom import read_ml_bom
from aiact_rules.sources.model_card import read_card_metadata, read_model_card
from aiact_rules.sources.readable import Readable
from aiact_rules.sources.release_file import read_release_file
from aiact_rules.sources.text_files import Text, decoded

PIECES = st.sampled_from(
    [
        "---",
        "...",
        "eu_ai_act:",
        "format:",
        "1",
        "license:",
        "system.uses:",
        "[]",
        "[",
        "]",
        "{",
        "}",
        ":",
        "-",
        "?",
        "|",
        ">",
        "&",
        "*",
        "!",
        "%",
        "@",
        "#",
        '"x"',
        "'",
        "\\",
        "{{",
        "x",
        "}}",
        "{%",
        "y",
        "%}",
        "```",
        "~~~",
        "<!--",
        "-->",
        "system:",
        "uses:",
        "recruitment",
        "1e25",
        "no",
        "null",
        "~",
        "operators:",
        "operator:",
        "roles:",
        "provider",
        "evidence:",
        "file:",
        "dates:",
        "facts:",
        "<<:",
        "[More",
        "emotion",
        "recognition",
        "#",
        "**",
    ]
)
SPACES = st.sampled_from([" ", "\n", "\n  ", "\n- ", "\r", "\r\n", "\t", "\n---\n", "\0", "\u2028", "\ufeff", ": ", ""])
SCRAPS = st.lists(st.tuples(PIECES, SPACES), max_size=40).map(lambda parts: "---\n" + "".join(a + b for a, b in parts))
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
BYTES = st.one_of(
    st.binary(max_size=300),
    st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.tuples(SCRAPS, ENCODINGS).map(lambda pair: pair[0].encode(pair[1])),
    st.tuples(SCRAPS, st.binary(max_size=4), st.integers(0, 50)).map(
        lambda cut: cut[0].encode()[: cut[2]] + cut[1] + cut[0].encode()[cut[2] :]
    ),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "components",
                    "metadata",
                    "component",
                    "type",
                    "name",
                    "licenses",
                    "license",
                    "id",
                    "properties",
                    "value",
                    "modelCard",
                    "considerations",
                    "useCases",
                    "pedigree",
                    "ancestors",
                    "@graph",
                    "to",
                    "from",
                    "spdxId",
                ]
            ),
            inner
            | st.sampled_from(["machine-learning-model", "ai_AIPackage", "aiact:system.uses", "hasDeclaredLicense"]),
            max_size=5,
        )
    ),
    max_leaves=25,
)


def _fails_clearly(read: Callable[[Text], object], data: bytes) -> None:
    problems: tuple[Problem, ...] | None = None
    try:
        read(decoded(data, "document"))
    except InputError as error:
        problems = error.problems
    assert problems != ()
    for problem in problems or ():
        assert problem.place is not None
        assert problem.place.source.startswith("document")
        assert problem.place.line is None or 1 <= problem.place.line <= data.count(b"\n") + data.count(b"\r") + 2


@pytest.mark.parametrize("reader", [read_model_card, read_card_metadata, read_release_file, read_ml_bom])
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=BYTES)
def test_no_bytes_crash_a_reader(reader: Callable[..., object], data: bytes, vocabulary: Vocabulary) -> None:
    _fails_clearly(lambda text: reader(text, vocabulary), data)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=JSON)
def test_no_json_crashes_the_bom_reader(value: object, vocabulary: Vocabulary, cues: tuple[Cue, ...]) -> None:
    import json

    whole = {**value, "bomFormat": "CycloneDX", "@context": "spdx.org"} if isinstance(value, dict) else value
    spdx = {**value, "@context": "spdx.org", "@graph": [value]} if isinstance(value, dict) else value
    for document in (whole, spdx):
        _fails_clearly(lambda text: read_ml_bom(text, vocabulary, cues), json.dumps(document).encode())


@settings(max_examples=200, deadline=None)
@given(text=st.one_of(st.text(max_size=200), SCRAPS))
def test_a_readable_text_has_the_lines_of_its_document(text: str) -> None:
    assert Readable.of_markdown("card.md", text).text.count("\n") == text.count("\n")


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=st.text(alphabet=st.sampled_from("a b\n#-"), max_size=60))
def test_a_signal_stands_at_the_line_of_its_words(before: str, cues: tuple[Cue, ...]) -> None:
    (signal,) = find_signals(f"{before}\n\nemotion recognition", cues, "document")
    assert signal.place.line == before.count("\n") + 3
