"""What the block of a card claims is read as claims, and never as facts."""

from __future__ import annotations

import pytest

from aiact_rules.core.claims import Claim
from aiact_rules.core.cues import Cue
from aiact_rules.core.packs import CLAIMS
from aiact_rules.core.problems import InputError
from aiact_rules.core.vocabulary import FactDeclaration, FactType, Vocabulary
from aiact_rules.sources.claims import MEANINGS
from aiact_rules.sources.document import Stated
from aiact_rules.sources.keys import CLAIM_KEYS
from aiact_rules.sources.model_card import read_model_card
from aiact_rules.sources.text_files import decoded

EVERY = dict.fromkeys((claim for words in MEANINGS.values() for claim in words), "it is claimed")
DECLARED = Vocabulary.of([FactDeclaration(CLAIMS, FactType.SOME_OF, "What is claimed?", values=EVERY)])


def _read(block: str, vocabulary: Vocabulary, cues: tuple[Cue, ...] = ()) -> Stated:
    text = f"---\nlicense: mit\neu_ai_act:\n{block}---\n# Ranker\n"
    return read_model_card(decoded(text.encode(), "README.md"), vocabulary.merged_with(DECLARED), cues)


def _meant(block: str, vocabulary: Vocabulary) -> list[str | None]:
    return [claim.means for claim in _read(block, vocabulary).claims]


def test_the_form_that_the_community_proposes_is_read_as_claims_with_their_lines(vocabulary: Vocabulary) -> None:
    block = '  risk_classification: "limited"\n  annex_iii_category: null\n  conformity_assessment: not_required\n'
    stated = _read(block, vocabulary)
    assert [(claim.key, claim.words, claim.means, claim.place.line) for claim in stated.claims] == [
        ("risk_classification", "limited", "risk.limited", 4),
        ("conformity_assessment", "not_required", "conformity.none", 6),
    ]
    assert stated.facts.value(CLAIMS) == frozenset({"risk.limited", "conformity.none"})
    assert str(stated.facts[CLAIMS].origin) == "README.md:4"
    assert "model.licence" in stated.facts


@pytest.mark.parametrize(
    ("block", "meant"),
    [
        ("  risk_classification: high-risk\n", "risk.high"),
        ("  risk_class: HIGH_RISK\n", "risk.high"),
        ("  risk_level: high risk AI system\n", "risk.high"),
        ("  risk_tier: minimal or no risk\n", "risk.minimal"),
        ("  risk_classification: not high-risk\n", "risk.not_high"),
        ("  risk_classification: unacceptable\n", "risk.unacceptable"),
        ("  risk_classification: not_classified\n", None),
        ("  annex_iii_category: biometric_identification\n", "annex_iii.1"),
        ("  annex_iii_category: 4(a)\n", "annex_iii.4"),
        ("  annex_iii_category: annex III, point 5\n", "annex_iii.5"),
        ("  annex_iii_category: Education and vocational training\n", "annex_iii.3"),
        ("  annex_iii_category: education of workers\n", None),
        ("  annex_iii_area: none\n", "annex_iii.none"),
        ("  human_oversight: Human-in-the-loop\n", "oversight.needed"),
        ("  human_oversight: recommended\n", "oversight.optional"),
        ("  conformity_assessment: third-party\n", "conformity.notified_body"),
        ("  gpai: false\n", "gpai.no"),
        ("  systemic_risk: yes\n", "systemic_risk.yes"),
        ("  prohibited_practices: none\n", "practices.none"),
        ("  rationale: none\n", None),
    ],
)
def test_spelling_decides_no_claim(block: str, meant: str | None, vocabulary: Vocabulary) -> None:
    assert _meant(block, vocabulary) == [meant]


def test_a_list_claims_each_of_its_values_and_nothing_is_claimed_by_an_empty_one(vocabulary: Vocabulary) -> None:
    assert _meant("  annex_iii_category: [employment, credit]\n", vocabulary) == ["annex_iii.4", "annex_iii.5"]
    assert _meant("  annex_iii_category: []\n  risk_classification:\n  human_oversight: null\n", vocabulary) == []


def test_facts_beside_claims_are_facts(vocabulary: Vocabulary) -> None:
    stated = _read("  risk_classification: minimal\n  system: {uses: [credit]}\n", vocabulary)
    assert stated.facts.value("system.uses") == frozenset({"credit"})
    assert stated.facts.value(CLAIMS) == frozenset({"risk.minimal"})


def test_free_words_of_a_claim_are_read_as_prose(vocabulary: Vocabulary, cues: tuple[Cue, ...]) -> None:
    stated = _read("  rationale: it does emotion recognition\n", vocabulary, cues)
    assert [(signal.cue, signal.place.line) for signal in stated.signals] == [("uses.emotions", 4)]
    assert _read("  annex_iii_category: employment\n", vocabulary, cues).signals == ()


def test_a_claim_of_another_law_is_kept_and_states_nothing(vocabulary: Vocabulary) -> None:
    text = decoded(b"---\neu_ai_act: {risk_classification: minimal}\n---\n", "README.md")
    stated = read_model_card(text, vocabulary)
    assert [claim.means for claim in stated.claims] == ["risk.minimal"]
    assert CLAIMS not in stated.facts


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ("  risk_classification: [[high]]\n", "README.md:4: `risk_classification` is one value"),
        ("  risk_clasification: high\n", "README.md:4: unknown key `risk_clasification`"),
        ("  document.claims: [risk.minimal]\n", "README.md:4: `document.claims` is found by the tool"),
    ],
)
def test_what_is_no_claim_is_refused_with_its_line(block: str, said: str, vocabulary: Vocabulary) -> None:
    with pytest.raises(InputError, match=said.replace("(", r"\(")):
        _read(block, vocabulary)


def test_every_key_that_is_compared_is_declared() -> None:
    assert set(MEANINGS) <= {key.name for key in CLAIM_KEYS}


def test_a_claim_says_where_it_stands(vocabulary: Vocabulary) -> None:
    (claim,) = _read("  risk_classification: minimal\n", vocabulary).claims
    assert claim == Claim("risk_classification", "minimal", claim.place, "risk.minimal")
    assert str(claim) == "risk_classification: minimal (README.md:4)"
