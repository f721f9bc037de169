"""Ways past a judgment that were found once: each is tried as a person would, through the command line or the gate.

Only ways that no other test takes stand here. A market `ZZ` stands for one whose law is not installed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from aiact_rules.core.facts import Fact, Facts, Origin
from aiact_rules.core.problems import InputError, Place
from aiact_rules.core.statuses import Verdict
from aiact_rules.core.vocabulary import FactValue
from aiact_rules.gate import Gate
from aiact_rules.overrides import Override, OverrideRefused
from aiact_rules.requests.overrides import Overrides
from tests.cli.conftest import ROOT, Answer, run

__all__ = ["run"]
Run = Callable[..., Answer]
HEAD = "format: 1\nname: x\nsubject: system\nroles: [provider]\n"
NONE = "annex_iii_uses: [], annex_i_law: [], transparency_situations: []"
ELEMENTS = "exploits_vulnerabilities_due_to: [age], distorts_behaviour: true, likely_to_cause_significant_harm: true"
ALLOWED = f"{HEAD}markets: [EU]\nfacts:\n  system: {{practices: [], {NONE}}}\n"
BLOCKED = ALLOWED.replace("practices: []", f"practices: [targets_weaknesses], {ELEMENTS}")
FACTS: dict[str, object] = {
    "release.subject": "system",
    "operator.roles": ["provider"],
    "release.markets": ["EU"],
    **{f"system.{name}": [] for name in ("practices", "annex_iii_uses", "annex_i_law", "transparency_situations")},
}
NOT_COVERED = "no installed pack covers the market `ZZ`"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a repository of its own, with an allowed release in `good` and a blocked one in `bad`."""
    write(".git/HEAD", "", tmp_path)
    write("good/aiact.yaml", ALLOWED, tmp_path)
    write("bad/aiact.yaml", BLOCKED, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(name: str, text: str, folder: Path = Path()) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def run_pytest(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--aiact", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


# Thresholds and baselines


@pytest.mark.parametrize("named", [("--tree", "."), ("good", "bad"), ("bad", "good")])
def test_each_release_is_refused_by_its_own_threshold(named: tuple[str, ...], run: Run) -> None:
    write("good/aiact.toml", 'fail_on = "never"\n')
    assert run("check", *named).code == 1


def test_a_baseline_never_passes_a_prohibition(run: Run) -> None:
    assert run("baseline", "base.json", "bad").code == 0
    answer = run("check", "bad", "--baseline", "base.json", "--log", "log.db")
    assert answer.code == 1
    assert "the baseline does not count" in answer.out
    (line,) = run("log", "export", "log.db").out.splitlines()
    assert json.loads(line)["notes"]["passes"] is False


def test_the_log_says_that_a_baseline_let_a_release_pass(run: Run) -> None:
    held = str(ROOT / "examples" / "cv-screening")
    run("baseline", "base.json", held)
    assert run("check", held, "--baseline", "base.json", "--log", "log.db").code == 0
    (line,) = run("log", "export", "log.db").out.splitlines()
    assert "the baseline base.json" in json.loads(line)["notes"]["waived"][0]


@pytest.mark.parametrize("text", ["[" * 100_000, "{}", "[]", '{"findings": []}', "", '{"format": 99, "findings": {}}'])
def test_what_is_no_baseline_is_said_to_be_none(text: str, run: Run) -> None:
    write("base.json", text)
    answer = run("check", "good", "--baseline", "base.json")
    assert answer.code == 2
    assert "base.json: this is not a baseline" in answer.err or "has the format 99" in answer.err


# Markets, packs and further documents


@pytest.mark.parametrize(
    ("files", "options"),
    [
        ({"aiact.toml": 'markets = ["EU", "ZZ"]\n'}, ()),
        ({}, ("--market", "ZZ")),
        ({}, ("--set", "release.markets=[EU, ZZ]")),
        ({"m/aiact.yaml": ALLOWED.replace("markets: [EU]\n", ""), "f.yaml": "format: 1\nmarkets: [EU, ZZ]\n"}, "f"),
        ({"m/aiact.yaml": ALLOWED.replace("[EU]", "[EU, ZZ]\npacks: [eu_ai_act]")}, ()),
        ({"m/aiact.yaml": ALLOWED.replace("[EU]", "[ZZ]\npacks: [eu_ai_act]")}, ()),
        (
            {
                "m/aiact.yaml": ALLOWED.replace(
                    "roles: [provider]\nmarkets: [EU]\n",
                    "operators:\n- {name: A, roles: [provider], facts: {release.markets: [EU, ZZ]}}\n",
                )
            },
            (),
        ),
        (
            {
                "m/aiact.yaml": ALLOWED.replace("markets: [EU]\n", ""),
                "m/bom.json": json.dumps(
                    {
                        "bomFormat": "CycloneDX",
                        "specVersion": "1.6",
                        "components": [
                            {
                                "type": "machine-learning-model",
                                "name": "x",
                                "properties": [{"name": "aiact:release.markets", "value": "EU, ZZ"}],
                            }
                        ],
                    }
                ),
            },
            (),
        ),
    ],
    ids=["aiact.toml", "--market", "--set", "--facts", "packs", "packs only", "operator", "bill"],
)
def test_a_market_that_nobody_covers_is_an_error_wherever_it_is_stated(
    files: dict[str, str], options: tuple[str, ...] | str, run: Run
) -> None:
    for name, text in {"m/aiact.yaml": ALLOWED, **files}.items():
        write(name, text)
    given = ("--facts", "f.yaml") if options == "f" else options
    answer = run("check", "m", *given)
    assert (answer.code, NOT_COVERED in answer.err) == (2, True)
    swept = run("sweep", ".", "--no-output", *given) if options != "f" and files else None
    assert swept is None or swept.code == 2


def test_a_market_that_nobody_covers_is_an_error_for_a_table_too(run: Run) -> None:
    write("t.csv", "name,system.practices\na,none\n")
    answer = run("sweep", "t.csv", "--market", "ZZ", "--role", "provider", "--no-output")
    assert (answer.code, NOT_COVERED in answer.err) == (2, True)


def test_no_release_leaves_out_a_market_of_its_organisation(run: Run) -> None:
    write("aiact.toml", 'markets = ["ZZ"]\n')
    write("good/aiact.yaml", f"{ALLOWED}uncovered: [ZZ]\n")
    assert NOT_COVERED in run("check", "good").err


def test_operators_of_a_further_document_are_judged(run: Run) -> None:
    literacy = "facts: {operator.supports_ai_literacy: false}"
    write("further.yaml", f"format: 1\noperators:\n- {{name: A, roles: [provider], {literacy}}}\n")
    assert run("check", "good", "--facts", "further.yaml").code == 1


def test_readings_packs_and_evidence_of_a_further_document_count(run: Run) -> None:
    write("proof.txt", "seen\n")
    write(
        "further.yaml",
        "format: 1\npacks: [gpai_guidelines]\nreadings: {emotion_inference_basis: any_data}\n"
        "evidence: {system.practices: {file: proof.txt}}\n",
    )
    said = json.loads(run("check", "good", "--facts", "further.yaml", "--format", "json").out)
    assert "gpai_guidelines" in [choice["value"] for choice in said["choices"]["packs"]]
    assert said["choices"]["readings"]["emotion_inference_basis"]["value"] == "any_data"
    assert [each["file"] for each in said["evidence"]] == ["proof.txt"]


# Facts


def test_words_found_in_a_card_cannot_be_set_aside_by_an_option(run: Run) -> None:
    write("good/README.md", "---\nlicense: mit\n---\n# M\n\nScreens job applicants.\n")
    assert run("check", "good").code == 1
    answer = run("check", "good", "--set", "document.signals=[]")
    assert answer.code == 2
    assert "is found by the tool and cannot be stated" in answer.err


@pytest.mark.parametrize(
    "more",
    [
        {"system": {"practices": ["targets_weaknesses"]}},
        {"release.subject": ["system"]},
    ],
    ids=["said twice", "a list for one value"],
)
def test_a_row_is_refused_where_the_gate_refuses_the_same_facts(more: dict[str, object], run: Run) -> None:
    write("t.jsonl", json.dumps(FACTS) + "\n")
    assert run("sweep", "t.jsonl", "--no-output").code == 0
    with pytest.raises(InputError):
        Gate().request({**FACTS, **more})
    write("t.jsonl", json.dumps({**FACTS, **more}) + "\n")
    assert run("sweep", "t.jsonl", "--no-output").code == 2


def test_a_past_date_is_noted_and_refused_where_somebody_asks(run: Run) -> None:
    write("bad/aiact.yaml", f"{BLOCKED}release_date: 2020-01-01\n")
    answer = run("check", "bad")
    assert (answer.code, "judged as of 2020-01-01, which is past" in answer.out) == (0, True)
    assert run("check", "bad", "--past-dates", "refuse").code == 2
    write("aiact.toml", 'past_dates = "refuse"\n')
    assert run("check", "bad").code == 2
    assert run("sweep", ".", "--no-output").code == 2


@pytest.mark.parametrize(
    "said",
    [
        {"as_of": datetime(2026, 11, 30, tzinfo=UTC)},
        {"release_date": datetime(2026, 11, 30, tzinfo=UTC)},
        {"as_of": "2026-11-30"},
        {"release_date": "2026-11-30"},
        {"markets": ("EU", None)},
        {"facts": [("system.practices", [])]},
        {"fail_on": "sometimes"},
    ],
    ids=str,
)
def test_an_argument_of_another_kind_is_an_error_of_input(said: dict[str, object]) -> None:
    with pytest.raises(InputError):
        Gate().request(Path("good"), Overrides.of(**said))


def test_no_override_passes_a_prohibition_that_only_the_list_denies() -> None:
    write("bad/aiact.yaml", BLOCKED.replace("[targets_weaknesses]", "[]"))
    gate = Gate(record_override=lambda _: None)
    decision = gate.check(Path("bad"), as_of=date(2026, 11, 30))
    assert decision.verdict is Verdict.HOLD
    until = datetime.now(UTC) + timedelta(days=1)
    with pytest.raises(OverrideRefused):
        gate.break_glass(decision, who="A", why="b", until=until)
    with pytest.raises(OverrideRefused):
        gate.enforce(decision, override=Override(decision.decision_id, "A", "b", until))


# Names and places


def test_a_name_of_a_file_is_no_option_of_a_hook(run: Run) -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    entries = [hook["entry"].split() for hook in hooks if hook["pass_filenames"]]
    assert entries
    write("--baseline=evil/aiact.yaml", '{"format": 1, "findings": {"bad/aiact.yaml": {}}}')
    for _, *arguments in entries:
        answer = run(*arguments, "--baseline=evil/aiact.yaml", "bad/aiact.yaml")
        assert answer.code == 2
        assert "--baseline=evil/aiact.yaml" in answer.out  # the brief text tells problems where it is read


@pytest.mark.parametrize("command", [("check", "--tree"), ("sweep",)])
def test_a_folder_without_any_release_is_not_judged(command: tuple[str, ...], run: Run) -> None:
    Path("empty").mkdir()
    assert run(*command, "empty").code == 2


def test_an_empty_mark_of_an_environment_hides_no_release(run: Run) -> None:
    write("bad/pyvenv.cfg", "")
    assert run("check", "--tree", ".").code == 1


def test_check_and_sweep_find_the_same_releases(run: Run, tmp_path: Path) -> None:
    for name in ("notes.md", "README.md", "node_modules/x/aiact.yaml", ".hidden/aiact.yaml"):
        write(name, BLOCKED if name.endswith("yaml") else "# A page\n")
    checked = json.loads(run("check", "--tree", ".", "--format", "json").out)
    run("sweep", ".", "--output", str(tmp_path / "out.jsonl"))
    swept = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [each["decision_id"] for each in checked] == [row["aiact_decision_id"] for row in swept]
    assert len(checked) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such a name")
@pytest.mark.parametrize("report", ["text", "json", "html", "github", "sarif", "junit"])
def test_a_name_that_is_not_utf8_hides_no_other_release(report: str, run: Run) -> None:
    os.mkdir(b"m\xff")
    Path(os.fsdecode(b"m\xff"), "aiact.yaml").write_text(ALLOWED)
    answer = run("check", "--tree", ".", "--format", report, "--log", "log.db")
    assert answer.code == 2
    assert "internal error" not in answer.err
    assert len(run("log", "export", "log.db").out.splitlines()) == 3


def test_the_log_that_an_organisation_names_is_written(run: Run) -> None:
    write("aiact.toml", 'log = "audit.db"\n')
    assert run("check", "good").code == 0
    assert len(run("log", "export", "audit.db").out.splitlines()) == 1


def test_no_table_is_written_over_itself(run: Run) -> None:
    table = write("t.csv", "name,system.practices\na,none\n")
    Path("link.csv").symlink_to("t.csv")
    for output in ("t.csv", "link.csv"):
        assert run("sweep", "t.csv", "--output", output).code == 2
    assert table.read_text(encoding="utf-8") == "name,system.practices\na,none\n"


@pytest.mark.skipif(os.name != "posix", reason="a shell is needed")
def test_an_answer_that_nobody_can_read_is_none() -> None:
    command = f'"{sys.executable}" -m aiact_rules check good >&-'
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "internal error" not in done.stderr


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("release.market", ["ZZ"]),
        ("Release.Markets", ["ZZ"]),
        ("markets", ["ZZ"]),
        ("operator.role", ["importer"]),
        ("operator.supports_ai_litteracy", False),
        ("operator.supports_ai_literacy ", False),
    ],
)
def test_a_column_that_the_gate_would_not_know_is_not_passed_over(column: str, value: object, run: Run) -> None:
    with pytest.raises(InputError, match="unknown fact"):
        Gate().request({**FACTS, column: value})
    write("t.jsonl", json.dumps({**FACTS, column: value}) + "\n")
    answer = run("sweep", "t.jsonl", "--no-output")
    assert answer.code == 2
    assert f"`{column}`" in answer.err
    assert run("sweep", "t.jsonl", "--no-output", "--without", column).code != 2


def test_a_column_with_the_name_of_a_fact_counts_beside_a_mapping(run: Run) -> None:
    columns = "".join(f"  {name.partition('.')[2]}: {name}\n" for name in FACTS)
    write("t.map.yaml", f"format: 1\ncolumns:\n{columns}")
    row = {name.partition(".")[2]: value for name, value in FACTS.items()}
    write("t.jsonl", json.dumps({**row, "operator.supports_ai_literacy": False}) + "\n")
    answer = run("sweep", "t.jsonl", "--map", "t.map.yaml", "--no-output")
    assert answer.code == 2
    assert "`operator.supports_ai_literacy` has the name of a fact" in answer.err
    left_out = run(
        "sweep", "t.jsonl", "--map", "t.map.yaml", "--no-output", "--without", "operator.supports_ai_literacy"
    )
    assert left_out.code == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [("release.markets", "ZZ"), ("system.practices", frozenset({"nonsense"})), ("system.nonsense", True)],
)
def test_facts_of_a_program_or_a_source_are_of_their_kind(name: str, value: FactValue) -> None:
    origin = Origin(Place("source"))
    known = [(key, frozenset(each) if isinstance(each, list) else str(each)) for key, each in FACTS.items()]
    facts = Facts.of([Fact(key, each, origin) for key, each in {**dict(known), name: value}.items()])
    with pytest.raises(InputError):
        Gate().request(facts)


def test_what_is_broken_where_pytest_does_not_go_is_no_pass(run: Run) -> None:
    Path("bad/aiact.yaml").unlink()
    write("build/README.md", "---\nlicense: mit\n")
    assert run("check", "--tree", ".").code == 2
    assert run_pytest("-n0").returncode != 0


@pytest.mark.parametrize("name", ["aiact.toml", "pyproject.toml"])
def test_settings_that_cannot_be_opened_are_an_error(name: str, run: Run) -> None:
    Path(name).symlink_to("nowhere")
    assert run("check", "good").code == 2


@pytest.mark.parametrize("text", ['[tool.aiact_rules]\nmarkets = ["ZZ"]\n', "[project]\nname = 'x'\n"])
def test_the_settings_of_a_gate_must_be_in_its_file(text: str) -> None:
    gate = Gate(organisation=write("org/pyproject.toml", text))
    with pytest.raises(InputError):
        gate.request(Path("good"))


def test_the_outputs_of_a_workflow_never_allow_what_the_exit_code_refuses(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_OUTPUT", "out.txt")
    assert run("check", "good", "--output", "no/where").code == 2
    assert Path("out.txt").read_text(encoding="utf-8") == "verdict=error\npasses=false\n"


def test_the_log_that_an_organisation_names_keeps_what_could_not_be_judged(run: Run) -> None:
    write("aiact.toml", 'log = "audit.db"\n')
    write("good/aiact.yaml", f"{ALLOWED}nonsense: 1\n")
    assert run("check", "good").code == 2
    assert len(run("log", "export", "audit.db").out.splitlines()) == 1


def test_facts_of_the_organisation_that_do_not_count_are_named(run: Run) -> None:
    write("aiact.toml", 'name = "ACME"\n[facts.operator]\nsupports_ai_literacy = false\n')
    assert run("check", "good").code == 1
    write("good/aiact.yaml", f"{ALLOWED}operator: ACME Ltd\n")
    answer = run("check", "good")
    assert answer.code == 0
    assert "aiact.toml: its facts are about ACME and do not count for ACME Ltd" in " ".join(answer.out.split())


def test_a_past_day_of_the_law_is_a_past_date(run: Run) -> None:
    write("aiact.toml", 'past_dates = "refuse"\n')
    row = {**FACTS, "operator.roles": "provider", "release.markets": "EU"}
    write("t.jsonl", json.dumps(row) + "\n")
    for asked in (("check", "bad"), ("sweep", "bad", "--no-output"), ("sweep", "t.jsonl", "--no-output")):
        answer = run(*asked, "--as-of", "2024-09-01")
        assert answer.code == 2
        assert "the release date 2024-09-01 is past" in answer.err
        assert run(*asked).code != 2


def test_no_release_is_written_over_by_its_report(run: Run) -> None:
    file = Path("good/aiact.yaml")
    for asked in (("check", "good", "--output", str(file)), ("baseline", str(file), "good")):
        assert run(*asked).code == 2
        assert file.read_text(encoding="utf-8") == ALLOWED


@pytest.mark.parametrize("door", ["pytest", "sweep"])
def test_a_market_left_out_on_record_is_named(door: str, run: Run) -> None:
    Path("bad/aiact.yaml").unlink()
    write("good/aiact.yaml", ALLOWED.replace("[EU]", "[EU, ZZ]\nuncovered: [ZZ]"))
    assert "not judged for: ZZ" in run("check", "good").out
    out = run_pytest("-n0").stdout if door == "pytest" else run("sweep", ".", "--no-output").out
    assert "not judged for: ZZ" in out


def test_notes_reach_the_summary_from_the_processes_of_xdist(run: Run) -> None:
    write("aiact.toml", 'fail_on = "never"\n')
    done = run_pytest("-n2")
    assert done.returncode == 0
    assert "passes although its verdict is block" in done.stdout


def test_releases_outside_testpaths_are_no_pass(run: Run) -> None:
    Path("bad/aiact.yaml").unlink()
    write("pytest.ini", "[pytest]\ntestpaths = good\n")
    assert run_pytest("-n0").returncode == 0
    write("bad/aiact.yaml", ALLOWED)
    done = run_pytest("-n0")
    assert done.returncode == 1
    assert "bad/aiact.yaml]: this release was not judged" in done.stdout
    assert run_pytest("-n0", ".").returncode == 0


def test_a_changed_record_is_no_record(run: Run) -> None:
    decision = Gate().check(FACTS, at=datetime(2026, 11, 22, tzinfo=UTC)).as_json()
    for change in ({"verdict": None}, {"facts": {}}, {"packs": [{}]}, {"packs": []}):
        write("d.json", json.dumps({**decision, **change}))
        answer = run("replay", "d.json")
        assert answer.code == 2
        assert "internal error" not in answer.err
