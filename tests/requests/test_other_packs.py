"""Names of facts of packs that do not judge the release: the error says which pack, and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiact_rules_example import plugin

from aiact_rules.catalogue.catalogue import Catalogue
from aiact_rules.core.problems import InputError
from aiact_rules.gate import Gate
from aiact_rules.plugins.host import PluginHost, PluginInfo


def gate(*, with_example: bool) -> Gate:
    host = PluginHost()
    if with_example:
        host.register(plugin, PluginInfo("example", "aiact-rules-example", "0.1.0"))
    return Gate(catalogue=Catalogue(host))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("lantern.talks: true", "`lantern.talks` is a fact of the pack `example_lantern_act`"),
        ("facts: {lantern: {talks: true}}", "`lantern` holds facts of the pack `example_lantern_act`"),
        ("lantern: {talks: true}", "`lantern` holds facts of the pack `example_lantern_act`"),
    ],
)
def test_a_fact_of_a_pack_that_does_not_judge_names_its_market(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "aiact.yaml"
    path.write_text(f"format: 1\nmarkets: [EU]\n{line}\n")
    with pytest.raises(InputError, match=said) as refused:
        gate(with_example=True).check(path)
    (problem,) = refused.value.problems
    assert problem.hint == "add XX to `markets`, or remove the line"
    assert problem.place is not None
    assert problem.place.line == 3
    path.write_text(f"format: 1\nmarkets: [EU, XX]\n{line}\n")
    assert gate(with_example=True).check(path).facts.value("lantern.talks") is True


def test_a_fact_that_no_installed_pack_knows_stays_unknown(tmp_path: Path) -> None:
    path = tmp_path / "aiact.yaml"
    path.write_text("format: 1\nmarkets: [EU]\nlantern.talks: true\nsystem.practises: []\n")
    with pytest.raises(InputError) as refused:
        gate(with_example=False).check(path)
    assert [str(problem).split(": ", 1)[1] for problem in refused.value.problems] == [
        "unknown fact `lantern.talks`",
        "unknown fact `system.practises`\n  did you mean `system.practices`?",
    ]


def test_a_fact_of_a_plugin_that_is_not_installed_says_what_to_install(tmp_path: Path) -> None:
    path = tmp_path / "aiact.yaml"
    path.write_text("format: 1\nmarkets: [EU]\nkr.offered_to_others: true\nus_co.situations: []\n")
    with pytest.raises(InputError) as refused:
        gate(with_example=False).check(path)
    assert [problem.hint for problem in refused.value.problems] == [
        "facts of that name come with aiact-rules-kr: install it",
        "facts of that name come with aiact-rules-us: install it",
    ]
