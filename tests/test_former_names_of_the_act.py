"""Facts of the Act that were merged: what a release file called them before is read as what it is now."""

from __future__ import annotations

import pytest

from aiact_rules.core.problems import InputError
from aiact_rules.core.vocabulary import FactValue
from aiact_rules.gate import Gate

RELEASE = {"release.subject": "system", "operator.roles": ["provider"], "release.markets": ["EU"]}


@pytest.mark.parametrize(
    ("former", "said", "fact", "value"),
    [
        ("system.used_only_for_research", True, "release.exclusions", frozenset({"scientific_research"})),
        ("system.used_only_for_research", False, "release.exclusions", frozenset()),
        ("system.sorts_by_biometric_data", True, "system.categorises_individually", True),
        ("deployment.financial_governance_complied", True, "operator.meets_financial_governance_rules", True),
    ],
)
def test_a_fact_that_was_merged_is_read_as_what_it_is_now(former: str, said: bool, fact: str, value: FactValue) -> None:
    found = Gate().check({**RELEASE, former: said}).facts[fact]
    assert found.value == value
    assert found.origin.renamed == (f"`{former}` is now called `{fact}`",)


def test_research_claimed_and_denied_by_its_former_name_is_refused() -> None:
    stated = {**RELEASE, "release.exclusions": ["scientific_research"], "system.used_only_for_research": False}
    with pytest.raises(InputError, match=r"`release\.exclusions` is"):
        Gate().check(stated)
