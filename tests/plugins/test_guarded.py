"""Wherever a plugin's code runs, however it ends: no release is allowed, and the plugin is named."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from aiact_rules import cli
from aiact_rules.catalogue.catalogue import Catalogue
from aiact_rules.core.batches import Batch
from aiact_rules.core.decisions import Decision, Subject
from aiact_rules.core.facts import Fact, Facts, Origin
from aiact_rules.core.outcomes import Outcome
from aiact_rules.core.problems import InputError, PackError, Place, PluginError, Problem
from aiact_rules.core.statuses import Verdict
from aiact_rules.engines.reference import ReferenceEngine
from aiact_rules.gate import Gate
from aiact_rules.plugins import hookspecs
from aiact_rules.plugins.guarded import Guard, PluginInterrupted
from aiact_rules.plugins.hookspecs import hookimpl
from aiact_rules.plugins.host import PluginHost, PluginInfo
from aiact_rules.plugins.interfaces import EngineUnavailable, PackLocation
from aiact_rules.requests.overrides import Overrides
from aiact_rules.sources.document import Document, Operator, Skipped

Install = Callable[..., None]
Folder = Callable[..., Path]

ENDS = {
    "an exception": "raise OSError('gone')",
    "SystemExit(0)": "raise SystemExit(0)",
    "SystemExit()": "raise SystemExit",
    "GeneratorExit": "raise GeneratorExit",
    "KeyboardInterrupt": "raise KeyboardInterrupt",
    "an exception without words": "raise Wordless",
}
PLUGIN = """\
from pathlib import Path
from aiact_rules.plugins import hookspecs
from aiact_rules.plugins.hookspecs import hookimpl
from aiact_rules.plugins.interfaces import PackLocation
from aiact_rules.engines.reference import ReferenceEngine

class Wordless(Exception):
    def __str__(self):
        raise SystemExit(0)

def end(where):
    if where == {where!r}:
        {end}

def some(where):
    end(where)
    return iter(())

end("import")

class Source:
    name = "odd"
    def accepts(self, path):
        end("accepts")
        return {where!r} == "read"
    def read(self, path, vocabulary, cues):
        end("read")

class Engine:
    name = "odd"
    def prepare(self, pack_at, lowered):
        end("prepare")
        run = ReferenceEngine().prepare(pack_at, lowered)
        def evaluate(facts):
            end("evaluate")
            return run(facts)
        return evaluate

class Report:
    name = "odd"
    def render(self, batch):
        end("render")
        return batch.word

class Named(Report):
    @property
    def name(self):
        end("name")
        return "odd"

@hookimpl
def aiact_rules_offer_packs():
    end("offer packs")
    return [PackLocation(Path({folder!r}))]

@hookimpl
def aiact_rules_offer_sources():
    end("offer sources")
    return [Source()]

@hookimpl
def aiact_rules_offer_readers():
    end("offer readers")
    return []

@hookimpl
def aiact_rules_offer_engines():
    end("offer engines")
    return [Engine()]

@hookimpl
def aiact_rules_offer_reports():
    end("offer reports")
    yield Named()
    end("generator")

@hookimpl
def aiact_rules_decided(decision):
    end("decided")
"""
WHERE = {
    "import": "failed to load",
    "offer packs": "failed in `aiact_rules_offer_packs`",
    "offer sources": "failed in `aiact_rules_offer_sources`",
    "offer readers": "failed in `aiact_rules_offer_readers`",
    "offer engines": "failed in `aiact_rules_offer_engines`",
    "offer reports": "failed in `aiact_rules_offer_reports`",
    "generator": "failed in `aiact_rules_offer_reports`",
    "name": "failed in `aiact_rules_offer_reports`",
    "accepts": "source `odd` failed to say whether it reads",
    "read": "source `odd` failed to read",
    "prepare": "engine `odd` failed to prepare pack `tiny_act`",
    "evaluate": "engine `odd` failed to evaluate pack `tiny_act`",
    "render": "report `odd` failed",
    "decided": "failed to take note of the decision",
}
CHECK = ("check", "--market", "XZ", "--engine", "odd", "--format", "odd")


@pytest.fixture
def plugin(install: Install, tiny_pack: Folder) -> Callable[[str, str], None]:
    """Install a plugin that offers one of everything and ends in a way of its own at one place."""

    def made(where: str, end: str) -> None:
        install("odd-plugin", PLUGIN.format(where=where, end=end, folder=str(tiny_pack())), version="4.2")

    return made


def test_the_plugin_allows_where_it_does_nothing_odd(
    plugin: Callable[[str, str], None],
    release: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    plugin("nowhere", "pass")
    monkeypatch.setattr("sys.argv", ["aiact-rules", *CHECK, str(release)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 0
    assert capsys.readouterr().out == "allow"


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("where", WHERE)
def test_however_a_plugin_ends_nothing_is_allowed_and_it_is_named(
    plugin: Callable[[str, str], None],
    release: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    where: str,
    end: str,
) -> None:
    plugin(where, ENDS[end])
    monkeypatch.setattr("sys.argv", ["aiact-rules", *CHECK, str(release)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    said = capsys.readouterr()
    assert ended.value.code == 2
    assert said.out in ("", "error")
    if end == "KeyboardInterrupt":
        assert "Ctrl-C" in said.err
    else:
        assert f"plugin odd-plugin 4.2: {WHERE[where]}" in said.err
        assert "so no release can be allowed" in said.err


@pytest.mark.parametrize(
    ("where", "end"),
    [
        ("import", "SystemExit(0)"),
        ("generator", "SystemExit()"),
        ("decided", "SystemExit(0)"),
        ("read", "GeneratorExit"),
        ("render", "SystemExit(0)"),
        ("decided", "KeyboardInterrupt"),
    ],
)
def test_a_real_check_ends_with_two(
    plugin: Callable[[str, str], None], release: Path, tmp_path: Path, where: str, end: str
) -> None:
    plugin(where, ENDS[end])
    paths = os.pathsep.join([str(tmp_path / "site"), *(path for path in sys.path if path)])
    done = subprocess.run(
        [sys.executable, "-m", "aiact_rules", *CHECK, str(release)],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout in ("", "error")
    assert end == "KeyboardInterrupt" or "plugin odd-plugin 4.2: " in done.stderr


def test_every_hook_is_among_the_places_where_a_plugin_may_end() -> None:
    for name in vars(hookspecs):
        if name.startswith("aiact_rules_"):
            assert f"    end({name.removeprefix('aiact_rules_').replace('_', ' ')!r})".replace("'", '"') in PLUGIN


def test_an_interruption_still_stops_and_names_the_plugin() -> None:
    running = Guard("plugin odd-plugin 4.2").running("failed to load")
    with pytest.raises(PluginInterrupted, match="plugin odd-plugin 4.2: failed to load") as stopped, running:
        raise KeyboardInterrupt
    assert isinstance(stopped.value, KeyboardInterrupt)
    assert "Ctrl-C, or raised by the plugin itself" in str(stopped.value)


class Offers:
    """A plugin made of what it offers."""

    def __init__(self, folder: Path | None = None, told: Callable[[Decision], object] | None = None, **offered: object):
        self.folder, self.told, self.offered = folder, told, offered

    @hookimpl
    def aiact_rules_offer_packs(self) -> list[PackLocation]:
        return [] if self.folder is None else [PackLocation(self.folder)]

    @hookimpl
    def aiact_rules_offer_sources(self) -> list[Any]:
        return [self.offered["source"]] if "source" in self.offered else []

    @hookimpl
    def aiact_rules_offer_engines(self) -> list[Any]:
        return [self.offered["engine"]] if "engine" in self.offered else []

    @hookimpl
    def aiact_rules_offer_reports(self) -> list[Any]:
        return [self.offered["report"]] if "report" in self.offered else []

    @hookimpl
    def aiact_rules_decided(self, decision: Decision) -> None:
        if self.told is not None:
            self.told(decision)


def gate_with(**offered: Any) -> Gate:
    host = PluginHost()
    host.register(Offers(**offered), PluginInfo("odd", "odd-plugin", "4.2"))
    return Gate(packs=["tiny_act"], engine="engine" in offered and "odd" or "reference", catalogue=Catalogue(host))


def judged(gate: Gate, *, small: bool = True, engine: str | None = None) -> Decision:
    at = datetime(2026, 11, 30, tzinfo=UTC)
    return gate.check({"tiny.small": small}, roles=["provider"], markets=["XZ"], at=at, engine=engine)


class Odd:
    """A source, an engine and a report named `odd` that return what they were made with."""

    name = "odd"

    def __init__(self, answer: object, accepts: object = True) -> None:
        self.answer, self.accepted = answer, accepts

    def accepts(self, path: Path) -> Any:
        return self.accepted

    def read(self, path: Path, vocabulary: object, cues: object) -> Any:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def prepare(self, pack_at: object, lowered: object) -> Any:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer if self.answer is None else lambda facts: self.answer

    def render(self, batch: Batch) -> Any:
        return self.answer


def outcome(conclusions: Any = (), obligations: Any = ((0, 0),)) -> object:
    return Outcome(conclusions, obligations)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (None, "failed to prepare pack `tiny_act`.*\n  `prepare` must return a function"),
        ("allow", "failed to evaluate pack `tiny_act`.*\n  it must return an Outcome"),
        (outcome(conclusions=(3,)), "must have a code .* for each of 0 conclusions"),
        (outcome(conclusions=None), "failed to evaluate"),
        (outcome(obligations=((1, 0),)), "must name each obligation"),
        (outcome(obligations=((0, 128),)), "must name each obligation"),
        (outcome(obligations=((0, 1), (0, 9))), "must name each obligation"),
        (outcome(obligations=(0,)), "failed to evaluate"),
    ],
)
def test_an_engine_without_a_usable_outcome_is_named(tiny_pack: Folder, answer: object, says: str) -> None:
    gate = gate_with(folder=tiny_pack(), engine=Odd(answer))
    with pytest.raises(PluginError, match=f"plugin odd-plugin 4.2: engine `odd` (.|\n)*{says}"):
        judged(gate)


@pytest.mark.parametrize("error", [PackError([Problem("too large")]), EngineUnavailable("too large")])
def test_an_engine_that_cannot_run_a_pack_is_named(tiny_pack: Folder, error: Exception) -> None:
    gate = gate_with(folder=tiny_pack(), engine=Odd(error))
    with pytest.raises(type(error), match="plugin odd-plugin 4.2: (.|\n)*too large"):
        judged(gate)


def stating(name: str, value: object) -> Facts:
    return Facts.of([Fact(name, value, Origin(Place("label")))])  # type: ignore[arg-type]


def document(facts: Any, *operators: Operator) -> Document:
    return Document("label", Subject(), facts, operators=operators)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (None, "must return a Document or Skipped"),
        (document(None), "is not iterable"),
        (document(stating("tiny.large", True)), "states `tiny.large`, which no chosen pack declares"),
        (document(stating("tiny.small", "yes")), "the value of `tiny.small` is not a yes_no value"),
        (document(stating("tiny.small", 1)), "the value of `tiny.small` is not a yes_no value"),
        (document(stating("release.moment", "never")), "the value of `release.moment` is not a one_of value"),
        (
            document(
                stating("tiny.small", True), Operator("A", stating("operator.roles", ["provider"]), Place("label"))
            ),
            "the value of `operator.roles` is not a some_of value",
        ),
    ],
)
def test_a_source_without_a_usable_document_is_named(
    tiny_pack: Folder, tmp_path: Path, answer: object, says: str
) -> None:
    gate = gate_with(folder=tiny_pack(), source=Odd(answer))
    with pytest.raises(PluginError, match=f"plugin odd-plugin 4.2: source `odd` failed to read (.|\n)*{says}"):
        gate.request(tmp_path)


def test_a_source_that_does_not_say_whether_it_reads_is_named(tiny_pack: Folder, tmp_path: Path) -> None:
    gate = gate_with(folder=tiny_pack(), source=Odd(None, accepts=None))
    with pytest.raises(PluginError, match="plugin odd-plugin 4.2: source `odd` failed to say whether it reads"):
        gate.request(tmp_path)


def test_what_is_wrong_with_the_input_is_said_as_the_source_says_it(tiny_pack: Folder, tmp_path: Path) -> None:
    error = InputError([Problem("a label has lines of `name: value`", Place("label", 3))])
    gate = gate_with(folder=tiny_pack(), source=Odd(error))
    with pytest.raises(InputError) as caught:
        gate.request(tmp_path)
    assert caught.value is error


def test_a_source_may_skip_a_file(tiny_pack: Folder, tmp_path: Path) -> None:
    skipped = Skipped("label", "this label is empty")
    assert gate_with(folder=tiny_pack(), source=Odd(skipped)).request_or_skip(tmp_path, Overrides()) == skipped


@pytest.mark.parametrize("answer", [None, b"allow", 3])
def test_a_report_without_text_is_named(tiny_pack: Folder, answer: object) -> None:
    gate = gate_with(folder=tiny_pack(), report=Odd(answer))
    with pytest.raises(PluginError, match="plugin odd-plugin 4.2: report `odd` failed(.|\n)*must return text"):
        gate.catalogue.report("odd").render(Batch.of(judged(gate)))


@pytest.mark.parametrize("folder", [None, 3])
def test_a_pack_without_a_folder_is_named(folder: Any) -> None:
    class Folderless(Offers):
        @hookimpl
        def aiact_rules_offer_packs(self) -> list[PackLocation]:
            return [PackLocation(folder)]

    host = PluginHost()
    host.register(Folderless(), PluginInfo("odd", "odd-plugin", "4.2"))
    with pytest.raises(PluginError, match="plugin odd-plugin 4.2: offers a pack without a folder"):
        _ = Catalogue(host).heads


def test_an_offer_without_a_name_is_named() -> None:
    nameless = Odd("text")
    nameless.name = None  # type: ignore[assignment]
    with pytest.raises(PluginError, match="plugin odd-plugin 4.2: offers a nameless report"):
        gate_with(report=nameless).catalogue.report("odd")


# What a plugin is handed


def force(value: object, name: str, new: object) -> None:
    object.__setattr__(value, name, new)


def spoil(value: Any, depth: int = 0, seen: set[int] | None = None) -> None:
    """Change everything that can be reached from a value, by whatever means there are."""
    seen = set() if seen is None else seen
    if id(value) in seen or depth > 6 or isinstance(value, type | Verdict):
        return
    seen.add(id(value))
    if isinstance(value, Mapping):
        for inner in list(value.values()):
            spoil(inner, depth + 1, seen)
        if isinstance(value, dict):
            value.clear()
    elif isinstance(value, tuple | list | frozenset):
        for inner in value:
            spoil(inner, depth + 1, seen)
    elif hasattr(value, "__dataclass_fields__"):
        for part in fields(value):
            spoil(getattr(value, part.name), depth + 1, seen)
            force(value, part.name, None)


TAMPERINGS: dict[str, Callable[[Decision], object]] = {
    "the verdict": lambda d: force(d, "verdict", Verdict.ALLOW),
    "a pack's verdict": lambda d: force(d.packs[0], "verdict", Verdict.ALLOW),
    "a pack's statuses": lambda d: force(d.packs[0], "statuses", ()),
    "a fact": lambda d: force(d.facts["tiny.small"], "value", True),
    "a fact's place": lambda d: force(d.facts["tiny.small"].origin.place, "source", "elsewhere"),
    "the facts": lambda d: d.facts.by_name.clear(),  # type: ignore[attr-defined]
    "the values": lambda d: d.packs[0].values.clear(),  # type: ignore[attr-defined]
    "the vocabulary": lambda d: d.vocabulary.declarations.clear(),  # type: ignore[attr-defined]
    "the law on the date": lambda d: d.packs[0].pack_at.obligations.clear(),  # type: ignore[attr-defined]
    "the pack": lambda d: d.packs[0].pack_at.pack.obligations.clear(),  # type: ignore[attr-defined]
    "an obligation": lambda d: force(d.packs[0].pack_at.obligations["tiny.art1"], "provision", "Art. 9"),
    "findings": lambda d: vars(d.packs[0]).update(findings=()),
    "the id": lambda d: vars(d).update(decision_id="sha256:0", canonical_bytes=b""),
    "everything": spoil,
}


@pytest.mark.parametrize("way", TAMPERINGS)
@pytest.mark.parametrize("door", ["decided", "report"])
def test_a_plugin_cannot_change_the_decision_it_is_handed(tiny_pack: Folder, way: str, door: str) -> None:
    reached: list[str] = []

    def tamper(decision: Decision) -> str:
        TAMPERINGS[way](decision)
        reached.append(way)
        return "changed"

    class Report(Odd):
        def render(self, batch: Batch) -> str:
            return tamper(batch.decisions[0])

    gate = gate_with(folder=tiny_pack(), report=Report(None), told=tamper if door == "decided" else None)
    decision, untouched = judged(gate, small=False), judged(gate, small=False)
    if door == "decided":
        gate.record(decision)
    else:
        gate.catalogue.report("odd").render(Batch.of(decision))
    assert reached == [way]
    assert decision.verdict is Verdict.BLOCK
    assert decision == untouched
    assert decision.as_json() == untouched.as_json()
    assert judged(gate, small=False).as_json() == untouched.as_json(), "nor what is decided next"


def test_no_plugin_changes_what_another_is_told(tiny_pack: Folder) -> None:
    told: list[Decision] = []
    host = PluginHost()
    host.register(Offers(folder=tiny_pack(), told=spoil), PluginInfo("a", "first-plugin", "1"))
    host.register(Offers(told=told.append), PluginInfo("b", "second-plugin", "1"))
    gate = Gate(packs=["tiny_act"], engine="reference", catalogue=Catalogue(host))
    decision = gate.record(judged(gate, small=False))
    assert told == [decision]
    assert told[0].packs[0].findings == decision.packs[0].findings


def test_what_two_plugins_are_told_has_the_id_of_the_decision_without_working_it_out_again(tiny_pack: Folder) -> None:
    told: list[Decision] = []
    gate = gate_with(folder=tiny_pack(), told=told.append)
    decision = gate.record(judged(gate))
    assert vars(told[0])["canonical_bytes"] == decision.canonical_bytes
    assert told[0].decision_id == decision.decision_id


def test_copies_of_a_pack_are_made_once_and_those_of_old_ones_are_given_up(tiny_pack: Folder) -> None:
    pack = gate_with(folder=tiny_pack()).catalogue.pack("tiny_act")
    guard = Guard("plugin odd-plugin 4.2")
    first = pack.at(date(2026, 1, 1))
    assert guard.own(first) is guard.own(first)
    assert guard.own(first) == first
    for day in range(100):
        guard.own(pack.at(date(2026, 1, 1) + timedelta(day)))
    assert len(guard._kept) <= 24


def test_an_engine_cannot_change_the_pack_or_the_facts_it_is_handed(tiny_pack: Folder) -> None:
    class Engine:
        name = "odd"

        def prepare(self, pack_at: Any, lowered: Any) -> Any:
            run = ReferenceEngine().prepare(pack_at, lowered)

            def evaluate(facts: Any) -> Any:
                found = run(facts)
                spoil([pack_at, lowered])
                facts.clear()
                return found

            return evaluate

    gate = gate_with(folder=tiny_pack(), engine=Engine())
    decision = judged(gate, small=False)
    assert decision.verdict is Verdict.BLOCK
    assert decision.packs[0].values["tiny.small"] is False
    assert decision.decision_id == judged(gate, small=False, engine="reference").decision_id


def test_a_source_cannot_change_the_vocabulary_it_is_handed(tiny_pack: Folder, tmp_path: Path) -> None:
    class Source(Odd):
        def read(self, path: Path, vocabulary: object, cues: object) -> Any:
            spoil([vocabulary, cues])
            return Skipped("label", "nothing here")

    gate = gate_with(folder=tiny_pack(), source=Source(None))
    gate.request_or_skip(tmp_path, Overrides())
    assert gate.vocabulary()["tiny.small"].asks == "Is it small?"
