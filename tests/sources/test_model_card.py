from __future__ import annotations

from decimal import Decimal

import pytest

from aiact_rules.core.cues import Cue
from aiact_rules.core.problems import InputError
from aiact_rules.core.vocabulary import Vocabulary
from aiact_rules.sources.document import Stated
from aiact_rules.sources.model_card import is_card, read_model_card
from aiact_rules.sources.text_files import decoded

CARD = """\
---
language: no
license: Apache-2.0
base_model: [one/base, two/base]
base_model_relation: finetune
pipeline_tag: text-classification
extra_gated_eu_disallowed: true
eu_ai_act:
  system: {uses: []}
  model.training_compute: 1e25
  roles: [provider]
tags: [cv-ranking]
---
# Ranker

It sorts texts.
"""


def _read(text: str | bytes, vocabulary: Vocabulary, cues: tuple[Cue, ...] = ()) -> Stated:
    data = text.encode() if isinstance(text, str) else text
    return read_model_card(decoded(data, "README.md"), vocabulary, cues)


def test_a_card_states_its_own_keys_and_its_block(vocabulary: Vocabulary) -> None:
    stated = _read(CARD, vocabulary)
    assert {fact.name: (fact.value, fact.origin.place.line) for fact in stated.facts} == {
        "system.uses": (frozenset(), 9),
        "model.training_compute": (Decimal("1e25"), 10),
        "operator.roles": (frozenset({"provider"}), 11),
        "model.licence": ("Apache-2.0", 3),
        "model.base_model": ("one/base, two/base", 4),
        "model.base_model_relation": ("finetune", 5),
        "model.pipeline_tag": ("text-classification", 6),
        "model.access_closed_in_union": (True, 7),
    }
    assert stated.subject.name == "Ranker"


def test_a_licence_never_makes_the_claim_of_open_source(vocabulary: Vocabulary) -> None:
    stated = _read("---\nlicense: mit\n---\nThis model is free and open source.\n", vocabulary)
    assert [fact.name for fact in stated.facts] == ["model.licence"]


@pytest.mark.parametrize(
    ("front", "licence"),
    [
        ("license: other\nlicense_name: own-terms", "own-terms"),
        ("license_name: own-terms", "own-terms"),
        ("license: other", "other"),
        ("license:\n- mit\n- other", "mit, other"),
        ("license: no", "no"),
        ("license: '{{ licence }}'", None),
        ("license: {{ licence }}", None),
        ("license: '[More Information Needed]'", None),
        ("license:", None),
        ("license: {name: mit}", None),
    ],
)
def test_the_licence_is_read_as_it_stands(front: str, licence: str | None, vocabulary: Vocabulary) -> None:
    assert _read(f"---\n{front}\n---\n", vocabulary).facts.value("model.licence") == licence


def test_signals_come_from_tags_and_prose_but_not_from_code_or_from_the_block(
    vocabulary: Vocabulary, cues: tuple[Cue, ...]
) -> None:
    stated = _read(CARD, vocabulary, cues)
    assert [(signal.cue, signal.place.line) for signal in stated.signals] == [("uses.recruitment", 12)]
    assert stated.facts.value("document.signals") == frozenset({"uses.recruitment"})
    quiet = "---\neu_ai_act:\n  model.licence: emotion recognition\n---\n```\nemotion recognition\n```\n"
    assert _read(quiet, vocabulary, cues).signals == ()
    loud = "---\na: b\n---\n\n# T\n\nUsed for emotion\nrecognition.\n"
    assert [str(signal.place) for signal in _read(loud, vocabulary, cues).signals] == ["README.md:7"]


def test_an_untouched_template_states_nothing_and_says_so(vocabulary: Vocabulary) -> None:
    stated = _read("---\n{{ card_data }}\n---\n# Card of {{ model }}\n\n[More Information Needed]\n", vocabulary)
    assert len(stated.facts) == 0
    assert stated.subject.name is None
    assert stated.notes == (
        "README.md:2: a template's marker was left here",
        "README.md: the text is a template nobody filled in",
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("---\n[]\n---\n", "README.md:2: the front matter is not made of keys"),
        ("---\njust words\n---\n", "README.md:2: the front matter is not made of keys"),
        ("---\nlicense: mit\nlicense: other\n---\n", "README.md:3: duplicate key `license`"),
        ("---\nlicense: mit\n", "README.md:1: front matter begins here and never ends"),
        ("---\na: &a [x, x]\nb: [*a, *a]\n---\n", "README.md:2: anchor"),
        ("---\na: !!python/object/apply:os.system ['true']\n---\n", "README.md:2: tag"),
        ("---\na: " + "[" * 5000 + "]" * 5000 + "\n---\n", "README.md:2: nested deeper"),
        ("---\n? [a, b]\n: c\n---\n", "README.md:2: a key must be a word"),
        ("---\na: b\n\tc: d\n---\n", r"README.md:\d: not readable as YAML"),
        ("---\nlicense: mit\ntags: a: b\n---\n", "README.md:3: not readable as YAML"),
        ("---\neu_ai_act: yes\n---\n", "README.md:2: `eu_ai_act` has keys"),
        ("---\nlicense: mit\neu_ai_act:\n  system: {usage: []}\n---\n", "README.md:4: unknown fact `system.usage`"),
        ("---\nlicense: mit\neu_ai_act: {model.licence: gpl}\n---\n", "README.md:2: `model.licence` is `mit` here"),
        ("---\nlicense: m\0it\n---\n", "README.md:2: holds a NUL"),
        (
            "---\nlicense: mit\nEU_AI_ACT:\n  roles: [provider]\n---\n",
            "README.md:3: `EU_AI_ACT` is not read\n  write `eu_ai_act`",
        ),
        ("---\neu-ai-act: {}\n---\n", "README.md:2: `eu-ai-act` is not read"),
        ("---\neu_ai_act: {}\nEuAiAct: {}\n---\n", "README.md:3: `EuAiAct` is not read"),
        ("<!-- x -->\n---\nlicense: mit\n---\n", "README.md:2: the front matter does not begin at the top"),
        ("# Title\n\n---\neu_ai_act:\n  roles: []\n---\n", "README.md:4: `eu_ai_act` is not read here"),
        ("eu_ai_act:\n  roles: []\n---\n", "README.md:1: `eu_ai_act` is not read here"),
        ("# Title\n---\neuaiact: {}\n---\n", "README.md:3: `euaiact` is not read here"),
    ],
)
def test_a_card_that_cannot_be_read_is_refused_with_its_line(text: str, said: str, vocabulary: Vocabulary) -> None:
    with pytest.raises(InputError, match=said):
        _read(text, vocabulary)


@pytest.mark.parametrize("front", ["", "{}", "# only a remark", "\n"])
def test_empty_front_matter_states_nothing(front: str, vocabulary: Vocabulary) -> None:
    assert len(_read(f"---\n{front}\n---\ntext\n", vocabulary).facts) == 0


def test_a_text_without_front_matter_states_nothing_and_says_so(vocabulary: Vocabulary) -> None:
    stated = _read("license: mit\n---\n# Title\n---\nAuthor: me\n---\n", vocabulary)
    assert len(stated.facts) == 0
    assert [note.split(": ", 1)[0] for note in stated.notes] == ["README.md", "README.md:4"]


@pytest.mark.parametrize(
    "front",
    [
        "{eu_ai_act: {model.licence: mit}, tags: [cv-ranking]}",
        "{tags: [cv-ranking], eu_ai_act: {model.licence: mit}}",
        "{eu_ai_act: {model.licence: mit,\n system: {}}, tags: [cv-ranking]}",
        "{tags: [a,\n cv-ranking], eu_ai_act: {model.licence: mit}}",
    ],
)
def test_what_stands_in_one_line_with_the_block_is_searched(
    front: str, vocabulary: Vocabulary, cues: tuple[Cue, ...]
) -> None:
    stated = _read(f"---\n{front}\n---\n", vocabulary, cues)
    line = 2 + front[: front.index("cv-")].count("\n")
    assert [(signal.cue, signal.place.line) for signal in stated.signals] == [("uses.recruitment", line)]
    assert _read("---\n{eu_ai_act: {model.licence: cv-ranking}, tags: [a]}\n---\n", vocabulary, cues).signals == ()


@pytest.mark.parametrize(
    "body",
    [
        "<!-->\n\nIt does emotion recognition.\n\n-->\n",
        "> ```\n\nIt does emotion recognition.\n",
        "It does emo**tion** recog&#110;ition.\n",
    ],
)
def test_what_a_reader_sees_is_searched(body: str, vocabulary: Vocabulary, cues: tuple[Cue, ...]) -> None:
    assert [signal.cue for signal in _read(body, vocabulary, cues).signals] == ["uses.emotions"]


@pytest.mark.parametrize(
    "encoded",
    [
        CARD.encode("utf-16"),
        CARD.encode("utf-16-le"),
        CARD.replace("\n", "\r").encode(),
        CARD.replace("\n", "\r\n").encode("utf-8-sig"),
    ],
)
def test_the_encoding_changes_no_fact(encoded: bytes, vocabulary: Vocabulary) -> None:
    assert _read(encoded, vocabulary).facts == _read(CARD, vocabulary).facts


def test_a_relation_the_vocabulary_does_not_know_is_noted_and_not_read(vocabulary: Vocabulary) -> None:
    stated = _read("---\nbase_model_relation: cousin\n---\n", vocabulary)
    assert "model.base_model_relation" not in stated.facts
    assert stated.notes == ("README.md:2: this relation to the base model is not known, so it was not read",)


@pytest.mark.parametrize("said", ["false", "no", "", "maybe"])
def test_access_is_closed_only_where_the_card_says_so(said: str, vocabulary: Vocabulary) -> None:
    assert len(_read(f"---\nextra_gated_eu_disallowed: {said}\n---\n", vocabulary).facts) == 0


def test_a_card_is_told_from_another_page() -> None:
    def answer(text: str) -> bool:
        return is_card(decoded(text.encode(), "README.md"))

    assert answer("---\nlicense: mit\n---\n")
    assert answer("---\n{{ card_data }}\n---\n")
    assert not answer("---\ntitle: My page\nlayout: post\n---\n")
    assert answer("<!-- x -->\n---\nlicense: mit\n---\n")
    assert answer("---\nEU-AI-Act: {}\n---\n")
    assert not answer("# Project\n\n---\nLanguage: Python\n---\n")
    assert not answer("# Project\n\n```yaml\n---\nlicense: mit\n---\n```\n")


def test_the_name_may_come_from_the_index_of_results(vocabulary: Vocabulary) -> None:
    assert _read("---\nmodel-index:\n- name: Ranker\n---\n# Other\n", vocabulary).subject.name == "Ranker"
    assert _read("---\nmodel_name: Ranker 2\n---\n# Other\n", vocabulary).subject.name == "Ranker 2"
    assert _read("```\n# not a title\n```\n# Title ##\n", vocabulary).subject.name == "Title"


def test_a_card_of_very_many_lines_says_from_where_it_is_read_as_written(vocabulary: Vocabulary) -> None:
    noted = [
        note for note in _read("---\nlicense: mit\n---\n" + "\n" * 10_000, vocabulary).notes if "as written" in note
    ]
    assert noted == [
        "README.md:10004: from here on the text is read as written, code and comments too, since it is so long"
    ]
    assert not [note for note in _read("\n" * 9_999, vocabulary).notes if "as written" in note]


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("```\n# a remark in code\n```\n\n# *De Novo* design", "De Novo design"),
        ("## Part\n\nBERT\n===\n\n# Later", "BERT"),
        ('<h1 align="center">Ranker</h1>\n\n# Later', "Ranker"),
        ("<!-- # hidden -->\n\n## Only a part", None),
        ("# {{ model_id }}\n\n# Later", None),
    ],
)
def test_a_release_is_called_after_the_first_heading_of_level_one(
    body: str, name: str | None, vocabulary: Vocabulary
) -> None:
    assert _read(body, vocabulary).subject.name == name
