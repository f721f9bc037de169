"""The tool on a law as small as can be: what it tries, what it lists, what it asks of whoever keeps the reasons."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from aiact_rules_example import plugin
from click.testing import CliRunner

from aiact_rules import InputError, Verdict
from aiact_rules.catalogue.catalogue import Catalogue
from aiact_rules.cli.perturb import command
from aiact_rules.core.conditions import FactTest, Test
from aiact_rules.core.vocabulary import FactDeclaration, FactType, FactValue
from aiact_rules.perturbation.bench import Bench
from aiact_rules.perturbation.changes import changes
from aiact_rules.perturbation.records import FOLDER, read_records
from aiact_rules.perturbation.tables import Tables
from aiact_rules.plugins.host import PluginHost, PluginInfo

SEEDS = """\
pack: example_lantern_act
as_of: 2027-01-01
facts:
  release: {markets: [XX], date: 2027-01-01, subject: system}
  lantern.talks: yes
records:
  maker:
    operator.roles: [provider]
    release.moment: placing_on_market
"""

REASONS = """\
bad_news:
  harmless:
  - because: Art. 1(1) - the Act asks something only of a lantern that talks, in Examplia
    changes: [release.markets, lantern.talks]
  - because: Art. 9 - before the Act began nothing was owed
    changes: [release.date]
  faults:
  - because: Art. 1(2) - a lantern for the stage does not go to homes
    changes: [lantern.made_for_the_stage]
  - because: nothing needs this
    changes: [lantern.has_dimmer]
"""


@pytest.fixture
def catalogue() -> Catalogue:
    host = PluginHost()
    host.register(plugin, PluginInfo("example", "aiact-rules-example", "0.1.0"))
    return Catalogue(host)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "seeds.yaml").write_text(SEEDS)
    return tmp_path


def words(declaration: FactDeclaration, now: FactValue | None, *tests: FactTest) -> list[str]:
    return [str(change) for change in changes(declaration, now, tests)]


def test_a_record_answers_what_is_asked_and_claims_no_relief(folder: Path, catalogue: Catalogue) -> None:
    tables = Tables.of(folder, catalogue)
    stated = tables.records["maker"]
    assert tables.bench.verdict(stated) is Verdict.ALLOW
    assert stated["lantern.manual"] == {"how_to_silence", "who_made_it"}
    assert stated["lantern.listens_when_off"] is False
    assert "lantern.made_for_the_stage" not in stated


def test_the_quick_verdict_is_that_of_the_decision() -> None:
    bench = Bench.of(Catalogue.of_installed_plugins(), "eu_ai_act", date(2026, 11, 22))
    records = read_records(Path(__file__).parent / "eu_ai_act", bench.vocabulary)
    for stated in records.values():
        for fact in ("release.moment", "operator.roles", "model.training_compute", "system.practices"):
            changed = {name: value for name, value in stated.items() if name != fact}
            assert bench.verdict(changed) is bench.decide(changed).verdict


def test_what_is_denied_is_refused_and_every_exit_is_listed(folder: Path, catalogue: Catalogue) -> None:
    trial = Tables.of(folder, catalogue).trials["escapes"]
    assert trial.allowed["lantern.talks = no"] == ["maker denied"]
    assert trial.allowed["lantern.made_for_the_stage stated yes"][0] == "maker denied"
    assert "lantern.manual = all" not in trial.allowed


def test_a_slip_of_the_role_is_listed(folder: Path, catalogue: Catalogue) -> None:
    assert "maker denied" not in Tables.of(folder, catalogue).trials["slips"].allowed.get("provider to deployer", [])
    assert "maker" in Tables.of(folder, catalogue).trials["slips"].allowed["provider to importer"]


def test_a_change_without_a_reason_is_a_problem(folder: Path, catalogue: Catalogue) -> None:
    problems = list(Tables.of(folder, catalogue).problems())
    assert any("bad_news: `lantern.talks = no` is allowed without a reason" in problem for problem in problems)
    assert "record `maker` is out of date" in problems


def test_writing_leaves_only_what_a_person_must_judge(folder: Path, catalogue: Catalogue) -> None:
    (folder / "reasons.yaml").write_text(REASONS)
    before = list(Tables.of(folder, catalogue).problems())
    assert any("no change needs the reason or fault `lantern.has_dimmer" in problem for problem in before)
    Tables.of(folder, catalogue).write()
    after = list(Tables.of(folder, catalogue).problems())
    assert after
    assert all("without a reason" in problem for problem in after)
    assert "lantern.has_dimmer" not in (folder / "reasons.yaml").read_text()


def test_a_fault_goes_before_a_reason(folder: Path, catalogue: Catalogue) -> None:
    (folder / "reasons.yaml").write_text(
        "bad_news:\n"
        "  harmless: [{because: whatever, changes: ['*']}]\n"
        "  faults: [{because: Art. 1, changes: [lantern.talks], records: [mak*]}]\n"
    )
    explained = (
        Tables.of(folder, catalogue).reasons["bad_news"].explain(Tables.of(folder, catalogue).trials["bad_news"])
    )
    ((reason, found),) = explained.faults
    assert reason.because == "Art. 1"
    assert set(found) == {"lantern.talks = no", "lantern.talks removed"}
    assert not explained.unexplained


def test_a_record_that_is_no_longer_allowed_is_a_problem(folder: Path, catalogue: Catalogue) -> None:
    (folder / "seeds.yaml").write_text(SEEDS + "    lantern.listens_when_off: yes\n")
    problems = list(Tables.of(folder, catalogue).problems())
    assert any("record `maker` is no longer allowed (xx.art5 breached)" in problem for problem in problems)


def test_records_are_read_as_they_were_written_and_old_ones_go(folder: Path, catalogue: Catalogue) -> None:
    (folder / FOLDER).mkdir()
    (folder / FOLDER / "old.aiact.yaml").write_text("format: 1\n")
    tables = Tables.of(folder, catalogue).write()
    assert read_records(folder, tables.bench.vocabulary) == tables.records


def test_a_seed_that_no_pack_knows_is_refused_with_its_line(folder: Path, catalogue: Catalogue) -> None:
    (folder / "seeds.yaml").write_text(SEEDS + "    lantern.talk: yes\n")
    with pytest.raises(InputError, match=r"seeds\.yaml:10: unknown fact `lantern\.talk`"):
        Tables.of(folder, catalogue)


def test_the_command_counts_and_fails_where_a_reason_is_missing(
    folder: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Catalogue, "of_installed_plugins", classmethod(lambda _cls: catalogue))
    result = CliRunner().invoke(command, [str(folder), "--write"])
    assert result.exit_code == 1
    assert "example_lantern_act bad_news: " in result.output
    assert "out of date" not in result.output


def test_amounts_stand_below_at_and_above_each_threshold() -> None:
    declaration = FactDeclaration("s.amount", FactType.QUANTITY, "?")
    above = FactTest("s.amount", Test.ABOVE, Decimal(500))
    assert words(declaration, Decimal(400), above) == [
        "s.amount below 500",
        "s.amount below 500",
        "s.amount above 500",
        "s.amount at 500",
        "s.amount below 500",
        "s.amount above 500",
        "s.amount below 500",
        "s.amount removed",
    ]


def test_days_without_a_threshold_are_earlier_or_later() -> None:
    declaration = FactDeclaration("s.day", FactType.DATE, "?")
    assert words(declaration, date(2027, 1, 1)) == ["s.day earlier", "s.day later", "s.day removed"]


def test_each_member_of_a_list_is_taken_out_or_added() -> None:
    declaration = FactDeclaration("s.list", FactType.SOME_OF, "?", values={"a": "a", "b": "b", "c": "c"})
    assert words(declaration, frozenset({"a"})) == [
        "s.list without a",
        "s.list with b",
        "s.list with c",
        "s.list = all",
        "s.list removed",
    ]


def test_what_nobody_stated_is_stated_in_every_way() -> None:
    declaration = FactDeclaration("s.one", FactType.ONE_OF, "?", values={"a": "a", "b": "b"})
    assert words(declaration, None) == ["s.one stated a", "s.one stated b"]
