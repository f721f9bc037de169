"""Explanations: the whole tree behind an answer, each step with its words, truth, provision and origin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import cast

import pytest

from aiact_rules.core.conditions import FactTest, Test
from aiact_rules.core.evaluation import evaluate
from aiact_rules.core.explanation import Explanation, explain
from aiact_rules.core.rules import Rule
from aiact_rules.core.vocabulary import FactValue
from tests.core.reasoned_law import evaluated, facts_of, law, stated
from tests.core.small_packs import make_pack
from tests.engines.packs import AS_OF

# A listed system whose maker claims both exceptions in vain: it talks, which counts under the chosen reading.
TALKING: dict[str, FactValue | None] = {
    "operator__is_small": True,
    "system__uses": frozenset({"chat"}),
    "system__is_narrow": True,
    "system__profiles": True,
    "system__was_on_market": None,
    "system__keeps_logs": None,
    "model__compute": Decimal("1e25"),
}
TREE = """\
yes     art12.logs: let the system keep logs [Art. 12(1)]
  note: Logs are records of events.
  yes     the operator is provider
  yes     preconditions
    yes     high risk
      yes     art6.2: it does what the annex lists [Art. 6(2)]
        yes     listed
          yes     annex3.chat: it talks [Annex III, point 9]
            yes     system.uses includes chat  <- chat, aiact.yaml:5
        no      exception: art6.3: it is narrow [Art. 6(3)]
          note: Narrow means one task.
          yes     system.is_narrow is yes  <- yes, aiact.yaml:6
          yes     exception: art6.3.profiling: it profiles people [Art. 6(3)]
            yes     system.profiles is yes  <- yes, aiact.yaml:7
  no      exception: art63: small makers of small systems are spared [Art. 63]
    yes     operator.is_small is yes  <- yes, aiact.yaml:4
    no      not:
      yes     powerful
        yes     art51: it took much compute [Art. 51(2)]
          yes     model.compute is at least 1e25  <- 1e25, aiact.yaml:8
  unknown it applies on the release date [Art. 113]
    yes     from 2027-12-02 on [Art. 113(c)]
      yes     high risk (see above)
    unknown deferred: unless it changes [Art. 111(2)]
      unknown system.was_on_market is yes  <- not stated
  unknown it is met
    unknown system.keeps_logs is yes  <- not stated
"""
SHALLOW = """\
yes     art12.logs: let the system keep logs [Art. 12(1)]
  note: Logs are records of events.
  yes     the operator is provider
  yes     preconditions
    yes     high risk ...
  no      exception: art63: small makers of small systems are spared [Art. 63]
    yes     operator.is_small is yes  <- yes, aiact.yaml:4
    no      not: ...
  unknown it applies on the release date [Art. 113]
    yes     from 2027-12-02 on [Art. 113(c)] ...
    unknown deferred: unless it changes [Art. 111(2)] ...
  unknown it is met
    unknown system.keeps_logs is yes  <- not stated
"""


def explained(name: str, **changes: FactValue | None) -> Explanation:
    found = explain(evaluated(**changes), facts_of(stated(**changes)), name)
    assert found is not None
    return found


def text(explanation: Explanation) -> str:
    return "".join(f"{line}\n" for line in explanation.lines())


def test_an_obligation_is_explained_down_to_each_fact_and_its_line() -> None:
    assert text(explained("art12.logs", **TALKING)) == TREE


def test_a_depth_ends_the_tree_and_marks_what_goes_on() -> None:
    explanation = explain(evaluated(**TALKING), facts_of(stated(**TALKING)), "art12.logs", 2)
    assert explanation is not None
    assert text(explanation) == SHALLOW


def test_only_what_was_shown_above_is_referred_to() -> None:
    def at(depth: int) -> str:
        explanation = explain(evaluated(**TALKING), facts_of(stated(**TALKING)), "art12.logs", depth)
        assert explanation is not None
        return text(explanation)

    assert "see above" not in at(3)
    assert at(3).count("high risk ...") == 1
    assert at(4).count("high risk (see above)") == 1


def test_the_tree_as_json_says_what_its_lines_say() -> None:
    def read(step: Mapping[str, object]) -> Explanation:
        parts = tuple(read(part) for part in cast("list[Mapping[str, object]]", step["parts"]))
        truths = {"yes": evaluated().truth(law().rules["annex3.recruitment"].when)}
        truths |= {truth.value: truth for truth in type(truths["yes"])}
        note, provision, origin = (cast("str | None", step[key]) for key in ("note", "provision", "origin"))
        return Explanation(
            str(step["says"]), truths[str(step["truth"])], provision, note, origin, parts, bool(step["cut"])
        )

    explanation = explained("art12.logs", **TALKING)
    assert read(explanation.as_json()) == explanation


def test_a_rule_is_explained_by_its_condition_and_its_exceptions() -> None:
    assert text(explained("art6.3", system__is_narrow=True)) == (
        "unknown art6.3: it is narrow [Art. 6(3)]\n"
        "  note: Narrow means one task.\n"
        "  yes     system.is_narrow is yes  <- yes, aiact.yaml:6\n"
        "  unknown exception: art6.3.profiling: it profiles people [Art. 6(3)]\n"
        "    unknown system.profiles is yes  <- not stated\n"
    )


def rules_shown(explanation: Explanation) -> Iterator[str]:
    yield explanation.says.split(":")[0]
    for part in explanation.parts:
        yield from rules_shown(part)


@pytest.mark.parametrize(
    ("uses", "telling"),
    [
        ({"recruitment"}, {"annex3.recruitment"}),
        ({"chat"}, {"annex3.chat"}),
        ({"chat", "recruitment"}, {"annex3.chat", "annex3.recruitment"}),
        (set(), {"annex3.chat", "annex3.recruitment"}),
    ],
)
def test_a_conclusion_is_explained_by_the_rules_that_make_it_what_it_is(uses: set[str], telling: set[str]) -> None:
    shown = set(rules_shown(explained("listed", system__uses=frozenset(uses))))
    assert {name for name in shown if name.startswith("annex3")} == telling


def test_a_name_that_the_pack_does_not_have_is_not_explained() -> None:
    assert explain(evaluated(), facts_of(stated()), "art12.log") is None


MUCH = Decimal("2.5e24")
DAY = date(2027, 12, 2)


@pytest.mark.parametrize(
    ("test", "words"),
    [
        (FactTest("s.a", Test.IS, True), "s.a is yes"),
        (FactTest("s.a", Test.IS, False), "s.a is no"),
        (FactTest("s.a", Test.ONE_OF, frozenset({"red", "blue"})), "s.a is blue or red"),
        (FactTest("s.a", Test.INCLUDES, frozenset({"red", "blue"})), "s.a includes blue or red"),
        (FactTest("s.a", Test.EMPTY), "s.a is an empty list"),
        (FactTest("s.a", Test.ABOVE, MUCH), "s.a is more than 2.5e24"),
        (FactTest("s.a", Test.AT_LEAST, MUCH), "s.a is at least 2.5e24"),
        (FactTest("s.a", Test.BELOW, MUCH), "s.a is less than 2.5e24"),
        (FactTest("s.a", Test.AT_MOST, MUCH), "s.a is at most 2.5e24"),
        (FactTest("s.a", Test.ABOVE, DAY), "s.a is after 2027-12-02"),
        (FactTest("s.a", Test.AT_LEAST, DAY), "s.a is on or after 2027-12-02"),
        (FactTest("s.a", Test.BELOW, DAY), "s.a is before 2027-12-02"),
        (FactTest("s.a", Test.AT_MOST, DAY), "s.a is on or before 2027-12-02"),
    ],
    ids=lambda value: value.replace(" ", "_") if isinstance(value, str) else "",
)
def test_each_comparison_is_said_in_its_own_words(test: FactTest, words: str) -> None:
    pack_at = make_pack({"r": Rule("r", "Art. 1", test, "because", "one")}, {}).at(AS_OF)
    explanation = explain(evaluate(pack_at, {}), facts_of({}), "r")
    assert explanation is not None
    assert explanation.parts[0].says == words
