"""Settings of an organisation that name what is not installed are refused where they stand, whatever else is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiact_rules import Gate
from aiact_rules.core.problems import ProblemsError


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ('packs = ["eu_ai_actt"]', "aiact.toml:1: there is no pack `eu_ai_actt`\n  did you mean `eu_ai_act`?"),
        ('name = "A"\nengine = "fast"', "aiact.toml:2: `engine`: there is no `fast`\n  choose from"),
        ('verify = "generatd"', "aiact.toml:1: `verify`: there is no `generatd`\n  did you mean `generated`?"),
        ('format = "pdf"', "aiact.toml:1: `format`: there is no `pdf`\n  choose from"),
        (
            'roles = ["providr"]',
            "aiact.toml:1: `providr` is not one of the values of `operator.roles`; did you mean `provider`?",
        ),
        ('[readings]\nschool = "strct"', "aiact.toml:2: "),
        (
            '[organisation]\nsize = "sme"',
            "aiact.toml:1: unknown setting `organisation`\n  known are name, facts, roles, markets",
        ),
        (
            '[facts.operator]\nsise = "sme"',
            "aiact.toml:2: unknown fact `operator.sise`\n  did you mean `operator.size`?",
        ),
    ],
)
def test_what_nothing_answers_to_is_refused_with_its_line(settings: str, said: str, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "aiact.toml").write_text(settings + "\n", encoding="utf-8")
    (tmp_path / "aiact.yaml").write_text("format: 1\nsubject: system\n", encoding="utf-8")
    with pytest.raises(ProblemsError) as refused:
        Gate().request(tmp_path)
    assert said in str(refused.value)


def test_roles_of_the_organisation_count_where_the_release_states_none(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "aiact.toml").write_text('roles = ["provider"]\n', encoding="utf-8")
    (tmp_path / "aiact.yaml").write_text("format: 1\nsubject: system\n", encoding="utf-8")
    request = Gate().request(tmp_path)
    assert request.roles == frozenset({"provider"})
    assert str(request.facts["operator.roles"].origin) == "aiact.toml:1"
    (tmp_path / "aiact.yaml").write_text("format: 1\nsubject: system\nroles: [deployer]\n", encoding="utf-8")
    assert Gate().request(tmp_path).roles == frozenset({"deployer"})
