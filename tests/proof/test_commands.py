from __future__ import annotations

import json
import sys
from datetime import date

import pytest
from click.testing import CliRunner

from aiact_rules.catalogue.catalogue import Catalogue
from aiact_rules.cli.diff import command as diff
from aiact_rules.cli.prove import command as prove
from aiact_rules.core.problems import InputError
from aiact_rules.proof.pack_logic import PackLogic
from aiact_rules.proof.properties import no_contradiction, prohibitions_block, rules_alive
from aiact_rules.proof.witnesses import Replay
from aiact_rules.sources.release_file import read_release_file
from aiact_rules.sources.text_files import Text
from aiact_rules.specfiles import load_pack_text

from .conftest import AS_OF, changed, write

ARTICLE = "ch03/art_006.yaml"


def run(command, *arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(command, [str(a) for a in arguments], catch_exceptions=False)
    return result.exit_code, result.output


def test_prove_gives_a_line_for_each_property_and_zero(tmp_path):
    code, text = run(prove, write(tmp_path), "--as-of", AS_OF)
    assert code == 0, text
    assert "proved   every rule can prevail (7;" in text
    assert "law as of 2026-07-26" in text
    assert "REFUTED" not in text


def test_prove_gives_one_for_a_refutation_and_writes_the_release_that_shows_it(tmp_path):
    pack = write(tmp_path / "pack", (ARTICLE, "    exception_to: art6.2\n", ""))
    code, text = run(prove, pack, "--as-of", AS_OF, "--witnesses", tmp_path / "out")
    assert code == 1
    assert "`high_risk` and `minimal_risk` can hold together" in text
    assert "(replayed)" in text
    (file,) = (tmp_path / "out").iterdir()
    vocabulary = load_pack_text(changed()).vocabulary
    assert read_release_file(Text(file.name, file.read_text(), ""), vocabulary).facts.value("system.narrow") is True


def test_prove_gives_json(tmp_path):
    code, text = run(prove, write(tmp_path), "--as-of", AS_OF, "--format", "json")
    assert code == 0
    assert all(proof["holds"] for proof in json.loads(text))


def test_prove_gives_two_for_a_pack_that_cannot_be_read():
    code, _ = run(prove, "there_is_no_such_pack")
    assert code == 2


def test_without_the_solver_the_command_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "z3", None)
    with pytest.raises(InputError, match=r"pip install 'aiact-rules\[proof\]'"):
        run(prove, "eu_ai_act")


def test_diff_compares_two_dates_of_one_pack(tmp_path):
    pack = write(tmp_path / "pack")
    code, text = run(diff, f"{pack}@2026-07-26", pack, "--as-of-b", "2026-11-22", "--witnesses", tmp_path / "out")
    assert code == 1
    assert "art5.old: only in A" in text
    assert "art9.purpose: more lenient" in text
    assert "does NOT replay" not in text
    assert list((tmp_path / "out").glob("art9.purpose.more_lenient.yaml"))


def test_diff_of_equal_packs_gives_zero_and_json(tmp_path):
    pack = write(tmp_path / "pack")
    code, text = run(diff, pack, pack, "--as-of-a", AS_OF, "--as-of-b", AS_OF, "--format", "json")
    assert code == 0
    assert {each["relation"] for each in json.loads(text)["obligations"]} == {"same"}


def test_the_eu_ai_act_has_no_dead_rules_and_no_hole_in_its_prohibitions():
    subject = PackLogic(Catalogue.of_installed_plugins().pack("eu_ai_act").at(date(2026, 11, 22)))
    for each in (rules_alive(subject), no_contradiction(subject), prohibitions_block(subject)):
        assert each.holds, each.refutations
        assert each.checked


def test_quantities_of_a_witness_follow_by_arithmetic():
    pack = load_pack_text(changed((ARTICLE, "    exception_to: art6.2\n", "")))
    subject = PackLogic(pack.at(AS_OF))
    model = subject.model(subject.meaning.conclusion("high_compute").yes)
    record = subject.inputs.record(model)
    evaluation = Replay(subject.pack_at).evaluation(record)
    assert evaluation is not None
    assert evaluation.conclusion("high_compute").value == "yes"
