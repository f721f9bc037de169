"""One release, one answer, by every door: the same decision ids, and exit codes that follow from them."""

from __future__ import annotations

import base64
import csv
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest

from aiact_rules.core.decisions import Decision
from aiact_rules.core.problems import InputError
from aiact_rules.decision_log.log import DecisionLog
from aiact_rules.gate import Gate
from aiact_rules.judging import inputs_of, judge_inputs
from aiact_rules.requests.overrides import Overrides
from aiact_rules.requests.request import Request
from tests.attest.conftest import write_pair
from tests.cli.conftest import Answer, run

__all__ = ["run"]
AS_OF = "2026-11-22"
DAY = date(2026, 11, 22)
MINIMAL = "practices: [], annex_iii_uses: [], annex_i_law: [], transparency_situations: []"
RANKER = "practices: [], annex_iii_uses: [recruitment], profiles_natural_persons: true, annex_i_law: [], transparency_situations: []"


TALKS = (
    "practices: [], annex_iii_uses: [], annex_i_law: [], transparency_situations: [interacts_with_people], "
    "interacts_directly: true, informs_of_ai_interaction: true}\n  transparency_information: {is: all"
)
EXPIRED = "evidence:\n  system.informs_of_ai_interaction: {url: 'https://example.org', expires: 2026-11-01}\n"


def release(facts: str = MINIMAL, head: str = "markets: [EU]\n") -> str:
    return (
        f"format: 1\nname: x\nversion: 2.1.0\nsubject: system\nroles: [provider]\n{head}facts:\n  system: {{{facts}}}\n"
    )


@dataclass(frozen=True)
class Folder:
    """The files of one release, and how it comes out."""

    files: dict[str, str]
    code: int
    verdicts: tuple[str, ...] = ()


RELEASES = {
    "allowed": Folder({"m/aiact.yaml": release()}, 0, ("allow",)),
    "held": Folder(
        {"m/aiact.yaml": release(head="markets: [EU]\nrelease_date: 2027-12-15\n", facts=RANKER)}, 1, ("hold",)
    ),
    "silent card": Folder({"m/README.md": "---\nlicense: mit\n---\n# M\n"}, 1, ("hold",)),
    "card and release file": Folder(
        {"m/README.md": "---\nlicense: mit\n---\n# M\n\nScreens job applicants.\n", "m/aiact.yaml": release()},
        1,
        ("hold",),
    ),
    "conduct claimed by a word": Folder({"m/aiact.yaml": release(TALKS)}, 0, ("allow",)),
    "evidence that has expired": Folder({"m/aiact.yaml": release(TALKS) + EXPIRED}, 1, ("hold",)),
    "evidence that the organisation requires": Folder(
        {"aiact.toml": "require_evidence = true\n", "m/aiact.yaml": release(TALKS)}, 1, ("hold",)
    ),
    "reading of the organisation": Folder(
        {
            "aiact.toml": '[readings]\nsection_5_deferral = "applies"\n',
            "m/aiact.yaml": release(RANKER, "markets: [EU]\nrelease_date: 2026-12-15\n"),
        },
        1,
        ("hold",),
    ),
    "reading of the release against the organisation's": Folder(
        {
            "aiact.toml": '[readings]\nsection_5_deferral = "applies"\n',
            "m/aiact.yaml": release(
                RANKER, "markets: [EU]\nrelease_date: 2026-12-15\nreadings: {section_5_deferral: waits}\n"
            ),
        },
        1,
        ("hold",),
    ),
    "reading of the release where nobody else chose": Folder(
        {
            "m/aiact.yaml": release(
                RANKER, "markets: [EU]\nrelease_date: 2026-12-15\nreadings: {section_5_deferral: applies}\n"
            )
        },
        1,
        ("hold",),
    ),
    "school of the organisation": Folder(
        {
            "aiact.toml": 'readings = "letter"\n',
            "m/aiact.yaml": release(RANKER, "markets: [EU]\nrelease_date: 2026-12-15\n"),
        },
        1,
        ("hold",),
    ),
    "school of the release with a reading of its own": Folder(
        {
            "m/aiact.yaml": release(
                RANKER,
                "markets: [EU]\nrelease_date: 2026-12-15\nreadings: {school: strict, section_5_deferral: waits}\n",
            )
        },
        0,
        ("allow",),
    ),
    "school that no pack has": Folder({"m/aiact.yaml": release(head="markets: [EU]\nreadings: lettr\n")}, 2),
    "packs of release and organisation": Folder(
        {
            "aiact.toml": 'packs = ["gpai_guidelines"]\n',
            "m/aiact.yaml": release(head="packs: [transparency_guidelines]\n"),
        },
        0,
        ("allow",),
    ),
    "facts, roles and name of the organisation": Folder(
        {
            "aiact.toml": 'name = "Example AG"\nroles = ["deployer"]\n[facts.operator]\nsize = "sme"\n',
            "m/aiact.yaml": release().replace("roles: [provider]\n", ""),
        },
        0,
        ("allow",),
    ),
    "threshold of the organisation": Folder(
        {"aiact.toml": 'fail_on = "block"\n', "m/README.md": "---\nlicense: mit\n---\n# M\n"}, 0, ("hold",)
    ),
    "finding that the organisation waived": Folder(
        {
            "aiact.toml": "[[waivers]]\nprovision = 'Art. 50'\nreason = 'text is being written'\n"
            "approver = 'A. Person'\nuntil = 2026-12-31\n",
            "m/aiact.yaml": release(
                MINIMAL.replace("transparency_situations: []", "transparency_situations: [interacts_with_people]")
            ),
        },
        0,
        ("hold",),
    ),
    "prohibition that the organisation waived": Folder(
        {
            "aiact.toml": "[[waivers]]\nprovision = 'Art. 5'\nreason = 'it is wanted'\n"
            "approver = 'A. Person'\nuntil = 2026-12-31\n",
            "m/aiact.yaml": release(),
        },
        2,
    ),
    "market that nobody covers": Folder({"m/aiact.yaml": release(head="markets: [EU, ZZ]\n")}, 2),
    "market left out on record": Folder(
        {"m/aiact.yaml": release(head="markets: [EU, ZZ]\nuncovered: [ZZ]\n")}, 0, ("allow",)
    ),
    "past date": Folder({"m/aiact.yaml": release(head="markets: [EU]\nrelease_date: 2025-03-01\n")}, 0, ("allow",)),
    "chain": Folder(
        {
            "m/aiact.yaml": release(head="").replace(
                "roles: [provider]\n",
                "operators:\n- {name: Maker, roles: [provider], facts: {release.markets: [EU]}}\n"
                "- {name: Shop, roles: [distributor], facts: {release.markets: [EU]}}\n",
            )
        },
        0,
        ("allow", "allow"),
    ),
    "misspelt fact": Folder({"m/aiact.yaml": release("practises: []")}, 2),
    "blocked": Folder(
        {
            "m/aiact.yaml": release(
                "practices: [targets_weaknesses], exploits_vulnerabilities_due_to: [age], distorts_behaviour: true, "
                "likely_to_cause_significant_harm: true, annex_iii_uses: [], annex_i_law: [], transparency_situations: []"
            )
        },
        1,
        ("block",),
    ),
}


@pytest.fixture(params=RELEASES.values(), ids=RELEASES)
def folder(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    made: Folder = request.param
    for name, text in made.files.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return made


@pytest.fixture
def ids(folder: Folder) -> list[str]:
    """Return the decision ids by the shortest way: one request, decided."""
    gate = Gate()
    if folder.code == 2:
        with pytest.raises(InputError):
            gate.request(Path("m"), as_of=DAY)
        return []
    request = gate.request(Path("m"), as_of=DAY)
    decisions = [gate.decide(each) for each in request.per_operator()]
    assert tuple(decision.verdict.value for decision in decisions) == folder.verdicts
    return [decision.decision_id for decision in decisions]


@pytest.fixture
def decided(monkeypatch: pytest.MonkeyPatch) -> list[Decision]:
    """Return the list to which every decision of a gate is added from now on."""
    found: list[Decision] = []
    decide = Gate.decide

    def noted(gate: Gate, *given: object, **named: object) -> Decision:
        decision = decide(gate, *given, **named)  # type: ignore[arg-type]
        found.append(decision)
        return decision

    monkeypatch.setattr(Gate, "decide", noted)
    return found


@pytest.mark.parametrize("given", [("m",), ("--tree", "."), ("{lead}",), ("{absolute}",), ("m", "m")])
def test_check_by_folder_file_tree_and_absolute_path(
    given: tuple[str, ...], folder: Folder, ids: list[str], run: Callable[..., Answer], tmp_path: Path
) -> None:
    lead = next(name for name in folder.files if name.startswith("m/"))
    paths = [each.format(lead=lead, absolute=tmp_path / "m") for each in given]
    answer = run("check", *paths, "--as-of", AS_OF, "--format", "json")
    assert answer.code == folder.code
    said = json.loads(answer.out)
    items = said if isinstance(said, list) else [said]
    found = [decision.get("decision_id") for item in items for decision in item.get("decisions", [item])]
    assert [each for each in found if each is not None] == ids
    assert folder.code != 2 or "error" in answer.out


def test_the_sweep_of_a_folder(folder: Folder, ids: list[str], run: Callable[..., Answer], tmp_path: Path) -> None:
    answer = run("sweep", ".", "--as-of", AS_OF, "--output", str(tmp_path / "out.csv"))
    assert answer.code == folder.code, answer
    with (tmp_path / "out.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["aiact_decision_id"] for row in rows if row["aiact_decision_id"]] == ids
    assert [row["aiact_verdict"] for row in rows] == [*(folder.verdicts or ("error",))]


def test_pytest(folder: Folder, ids: list[str], tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    command = ["-m", "pytest", "-p", "no:cacheprovider", "-p", "no:randomly", "-n0", "--aiact", "--aiact-as-of", AS_OF]
    done = subprocess.run(
        [sys.executable, *command, "--junitxml", "out.xml", "m"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == {0: 0, 1: 1, 2: 2}[folder.code], done.stdout
    properties = ElementTree.parse(tmp_path / "out.xml").iterfind(".//property[@name='aiact_decision_id']")
    assert [each.get("value") for each in properties] == ids


@pytest.mark.parametrize("command", [("run", "--release", "m"), ("hub", "m")], ids=lambda command: command[0])
def test_hosts(
    command: tuple[str, ...], folder: Folder, ids: list[str], run: Callable[..., Answer], tmp_path: Path
) -> None:
    if command[0] == "hub" and "m/README.md" not in folder.files:
        (tmp_path / "m" / "README.md").write_text("# No card by itself\n", encoding="utf-8")
        gate = Gate()
        request = gate.request_or_skip(Path("m"), Overrides.of(as_of=DAY)) if folder.code != 2 else None
        assert request is None or isinstance(request, Request)
        ids = [] if request is None else [gate.decide(each).decision_id for each in request.per_operator()]
    answer = run(*command, "--as-of", AS_OF, "--log", "log.sqlite")
    assert answer.code == folder.code, answer
    found = [entry.decision["decision_id"] for entry in DecisionLog("log.sqlite").entries() if entry.decision]
    assert found == ids


def test_attest_and_export(folder: Folder, run: Callable[..., Answer], tmp_path: Path) -> None:
    digest = "sha256:" + "a" * 64
    key = write_pair(tmp_path, "ed25519").private
    named = ("m", "--as-of", AS_OF, "--artifact", digest)
    attested = run("attest", *named, "--key", str(key), "--log", "log.sqlite")
    exported = run("export", *named, "--rego-data", "bundle")
    assert attested.code == folder.code, attested
    assert exported.code == (2 if folder.code == 2 else 0), exported
    entries = list(DecisionLog("log.sqlite").entries())
    if folder.code == 2:
        assert attested.out == ""
        assert [entry.decision for entry in entries] == [None]
        return
    gate = Gate()
    request = gate.request(Path("m"), as_of=DAY, artifact=digest)
    ids = [gate.decide(each).decision_id for each in request.per_operator()]
    records = json.loads(base64.b64decode(json.loads(attested.out)["payload"]))["predicate"]["decisions"]
    assert [each["decision_id"] for each in records] == ids
    assert [entry.decision["decision_id"] for entry in entries if entry.decision] == ids
    data = json.loads((tmp_path / "bundle" / "data.json").read_text(encoding="utf-8"))["aiact"]
    assert data["artifacts"][digest]["decision_ids"] == ids
    assert data["artifacts"][digest]["passes"] == (folder.code == 0)


def test_a_batch_of_the_library(folder: Folder, ids: list[str]) -> None:
    gate = Gate()
    batch = judge_inputs(gate, inputs_of(gate, [Path("m")]), Overrides.of(as_of=DAY))
    assert batch.exit_code == folder.code
    assert [decision.decision_id for decision in batch.decisions] == ids


def test_the_service(folder: Folder, ids: list[str], tmp_path: Path) -> None:
    pytest.importorskip("fastapi", reason="the service needs the extra `server`")
    from tests.server.conftest import ServerSettings, client_of

    own = tmp_path / "aiact.toml"
    told = ServerSettings(organisation=own if own.is_file() else None)
    sent = {name: text for name, text in folder.files.items() if name.startswith("m/") and not name.endswith(".toml")}
    body = {"files": sent, "release": "m", "as_of": AS_OF}
    try:
        client = client_of(told, make_gate=lambda: Gate(organisation=told.organisation))
    except InputError:
        assert folder.code == 2  # settings by which nothing can be judged: nothing starts that would only refuse
        return
    with client:
        answer = client.post("/v1/decisions", json=body)
        opa = client.post("/v1/data/aiact/allow", json={"input": body}).json()
    assert answer.headers.get("Aiact-Outcome") == {0: "allowed", 1: "refused", 2: None}[folder.code]
    assert answer.status_code == (422 if folder.code == 2 else 200)
    found = answer.json()
    assert [each["decision_id"] for each in found.get("decisions", [found]) if "decision_id" in each] == ids
    assert opa.get("result", False) is (folder.code == 0)


@pytest.mark.parametrize(
    "command",
    [
        ("questions", "m"),
        ("facts", "m"),
        ("explain", "verdict", "m"),
        ("baseline", "base.json", "m"),
        ("ask", "m"),
        ("timeline", "m"),
        ("history", "m"),
    ],
    ids=lambda command: command[0],
)
def test_every_other_command(
    command: tuple[str, ...],
    folder: Folder,
    ids: list[str],
    run: Callable[..., Answer],
    decided: list[Decision],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: "q")
    choice = [] if command[0] == "history" else ["--as-of", AS_OF]
    operator = ["--operator", "Maker"] if len(ids) > 1 and command[0] in ("explain", "timeline", "history") else []
    answer = run(*command, *choice, *operator)
    if folder.code == 2:
        assert answer.code == 2
        return
    if command[0] == "ask" and len(ids) > 1:
        assert answer.code == 2  # an interview is with one operator
        return
    if command[0] == "ask" and not any(name.endswith(".yaml") for name in folder.files):
        return  # it begins a release file, and so judges another release
    assert answer.code == 0, answer
    if command[0] in ("facts", "history"):
        return  # they decide nothing, or by every text of the Act
    if command[0] == "timeline":
        assert {tuple(p.pack_id for p in each.packs) for each in decided} == {
            tuple(p.pack_id for p in decided[0].packs)
        }
        readings = Gate().request(Path("m"), as_of=DAY).readings
        assert all(each.choices.every_reading == readings for each in decided)
        return
    if command[0] == "ask":
        assert decided[0].decision_id == ids[0]  # the others assume answers, to say how many questions there will be
        return
    expected = ids[:1] if operator else ids
    assert [decision.decision_id for decision in decided] == expected


def test_a_record_is_decided_again(folder: Folder, ids: list[str], run: Callable[..., Answer], tmp_path: Path) -> None:
    run("check", "m", "--as-of", AS_OF, "--log", "log.sqlite")
    if folder.code == 2:
        assert "error" in run("log", "show", "log.sqlite").out
        return
    for entry in range(1, len(ids) + 1):
        assert run("replay", "log.sqlite", "--entry", str(entry)).code == 0
    for line, decision_id in zip(run("log", "show", "log.sqlite").out.splitlines(), ids, strict=True):
        assert f"  {decision_id}  " in line


def table_of(row: dict[str, object]) -> str:
    return json.dumps(row) + "\n"


@pytest.mark.parametrize("verdict", ["allow", "hold", "block"])
def test_a_row_of_a_table_comes_out_as_a_release_with_the_same_facts(
    verdict: str, run: Callable[..., Answer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    facts: dict[str, object] = {
        "release.subject": "system",
        "operator.roles": ["provider"],
        "release.markets": ["EU"],
        "system.practices": [],
        "system.annex_iii_uses": [],
        "system.annex_i_law": [],
        "system.transparency_situations": [],
    }
    if verdict == "hold":
        del facts["system.annex_iii_uses"]
    if verdict == "block":
        facts |= {
            "system.transparency_situations": ["interacts_with_people"],
            "system.informs_of_ai_interaction": False,
        }
        facts |= {"system.interacts_directly": True, "system.ai_interaction_obvious": False}
    gate = Gate()
    decision = gate.decide(gate.request(facts, as_of=DAY, source="t.jsonl, row 1"))
    (tmp_path / "t.jsonl").write_text(table_of(facts))
    answer = run("sweep", "t.jsonl", "--as-of", AS_OF)
    row = json.loads((tmp_path / "t.verdicts.jsonl").read_text())
    assert row["aiact_verdict"] == decision.verdict.value
    for name, word in decision.packs[0].headlines.items():
        assert row[f"aiact_{name}"] == word
    assert answer.code == (0 if verdict == "allow" else 1)


def test_tables_obey_the_organisation_as_releases_do(
    run: Callable[..., Answer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    facts = {
        "release.subject": "system",
        "operator.roles": "provider",
        "release.markets": "EU",
        "release.date": "2026-12-15",
        "system.practices": [],
        "system.annex_iii_uses": ["recruitment"],
        "system.profiles_natural_persons": True,
        "system.annex_i_law": [],
        "system.transparency_situations": [],
    }
    (tmp_path / "t.jsonl").write_text(table_of(facts))
    assert run("sweep", "t.jsonl", "--as-of", AS_OF, "--no-output").code == 0
    (tmp_path / "aiact.toml").write_text('[readings]\nsection_5_deferral = "applies"\n')
    assert run("sweep", "t.jsonl", "--as-of", AS_OF, "--no-output").code == 1
    (tmp_path / "aiact.toml").write_text('fail_on = "block"\n[readings]\nsection_5_deferral = "applies"\n')
    answer = run("sweep", "t.jsonl", "--as-of", AS_OF, "--no-output")
    assert answer.code == 0
    assert "`fail_on` is `block`" in answer.out
    assert run("sweep", "t.jsonl", "--as-of", AS_OF, "--no-output", "--fail-on", "hold").code == 1


@pytest.fixture
def rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    monkeypatch.chdir(tmp_path)

    def write(market: str) -> Path:
        file = tmp_path / "t.csv"
        head = "id,release.subject,operator.roles,release.markets,system.practices,system.annex_iii_uses,system.annex_i_law"
        file.write_text(f"{head},system.transparency_situations\na,system,provider,{market},none,none,none,none\n")
        return file

    return write


@pytest.mark.parametrize(
    ("market", "options", "code"),
    [
        ("EU", (), 0),
        ("DE", (), 0),
        ("", (), 0),
        ('"EU,ZZ"', (), 2),
        ("ZZ", (), 2),
        ('"EU,ZZ"', ("--uncovered", "ZZ"), 0),
        ("ZZ", ("--uncovered", "ZZ"), 2),
        ("EU", ("--market", "ZZ"), 2),
        ("EU", ("--market", "ZZ", "--uncovered", "ZZ"), 0),
    ],
)
def test_a_row_is_judged_by_all_of_its_markets(
    market: str, options: tuple[str, ...], code: int, rows: Callable[[str], Path], run: Callable[..., Answer]
) -> None:
    answer = run("sweep", str(rows(market)), "--as-of", AS_OF, "--no-output", *options)
    assert answer.code == code, answer


def test_what_was_first_placed_after_the_release_is_refused_with_both_lines(tmp_path: Path) -> None:
    text = release(head="markets: [EU]\nrelease_date: 2026-12-01\nfirst_placed_on: 2027-05-05\n")
    (tmp_path / "aiact.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(
        InputError, match=r"aiact.yaml:8: .*is 2027-05-05, after the release date 2026-12-01 at .*aiact.yaml:7"
    ):
        Gate().request(tmp_path)
    assert Gate().request(tmp_path, release_date=date(2027, 6, 1), as_of=DAY)
