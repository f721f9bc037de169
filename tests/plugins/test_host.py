"""Whatever is wrong with a plugin stops the gate: exit code 2, with the plugin's name and version."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aiact_rules import cli
from aiact_rules.catalogue.catalogue import Catalogue
from aiact_rules.core.problems import PluginError
from aiact_rules.gate import Gate
from aiact_rules.plugins.host import PluginHost, PluginInfo
from aiact_rules.plugins.interfaces import PackLocation

Install = Callable[..., None]
Folder = Callable[..., Path]

HOOKIMPL = "from aiact_rules.plugins.hookspecs import hookimpl\n"


def offering(hook: str, body: str) -> str:
    return f"{HOOKIMPL}\n@hookimpl\ndef {hook}:\n    {body}\n"


def offering_pack(folder: Path) -> str:
    return "from pathlib import Path\nfrom aiact_rules.plugins.interfaces import PackLocation\n" + offering(
        "aiact_rules_offer_packs()", f"return [PackLocation(Path({str(folder)!r}))]"
    )


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr("sys.argv", ["aiact-rules", *arguments])
    try:
        cli.main()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 2
    return 0


def refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run a command that must not be answered, and give what it says instead."""
    capsys.readouterr()
    assert run(monkeypatch, *arguments) == 2
    said = capsys.readouterr()
    assert "ALLOW" not in said.out
    return said.err


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (
            "raise ImportError('no Pack here')",
            "failed to load, so no release can be allowed\n  ImportError: no Pack here",
        ),
        ("syntax error", "failed to load, so no release can be allowed\n  SyntaxError"),
        (
            offering("aiact_rules_offer_pack()", "return []"),
            "there is no hook `aiact_rules_offer_pack`\n  did you mean `aiact_rules_offer_packs`?",
        ),
        (
            "def aiact_rules_offer_packs():\n    return []\n",
            "`aiact_rules_offer_packs` is not marked as a hook\n  put `@hookimpl` above it",
        ),
        (
            offering("aiact_rules_offer_packs(folder)", "return []"),
            "cannot be registered, so no release can be allowed",
        ),
        (offering("aiact_rules_offer_packs()", "return ['specs']"), "offers something that is not a PackLocation"),
        (offering("aiact_rules_offer_packs()", "return 3"), "failed in `aiact_rules_offer_packs`"),
        (
            offering("aiact_rules_offer_packs()", "raise OSError('gone')"),
            "so no release can be allowed\n  OSError: gone",
        ),
    ],
    ids=["import", "syntax", "misspelt", "unmarked", "signature", "wrong type", "not a list", "raises"],
)
def test_a_plugin_that_cannot_be_used_stops_the_gate(
    install: Install,
    release: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    code: str,
    says: str,
) -> None:
    install("broken-plugin", code, version="0.3.1")
    told = refused(monkeypatch, capsys, "check", str(release), "--market", "XZ")
    assert "plugin broken-plugin 0.3.1: " in told
    assert says in told


@pytest.mark.parametrize(
    ("hook", "kind"),
    [
        ("aiact_rules_offer_sources()", "a Source"),
        ("aiact_rules_offer_engines()", "an Engine"),
        ("aiact_rules_offer_reports()", "a Report"),
    ],
)
def test_an_offer_of_the_wrong_kind_stops_the_gate(
    install: Install, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], hook: str, kind: str
) -> None:
    install("broken-plugin", offering(hook, "return [object()]"))
    told = refused(monkeypatch, capsys, "plugins")
    assert f"plugin broken-plugin 0.3.0: `{hook[:-2]}` offers something that is not {kind}" in told


def test_two_plugins_under_one_name_stop_the_gate(
    install: Install, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    install("first-plugin", "", entry_point="same")
    install("second-plugin", "", entry_point="same")
    told = refused(monkeypatch, capsys, "plugins")
    assert "the name `same` is already taken by plugin " in told
    assert "first-plugin 0.3.0" in told
    assert "second-plugin 0.3.0" in told


def test_two_packs_with_one_id_stop_the_gate(
    install: Install,
    tiny_pack: Folder,
    release: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    install("first-plugin", offering_pack(tiny_pack("one")))
    install("second-plugin", offering_pack(tiny_pack("two")), version="7.0")
    told = refused(monkeypatch, capsys, "check", str(release), "--market", "XZ")
    assert "plugin second-plugin 7.0: pack `tiny_act` is already offered by plugin first-plugin 0.3.0" in told


def test_nobody_replaces_the_eu_ai_act(
    install: Install,
    tiny_pack: Folder,
    release: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    install("sly-plugin", offering_pack(tiny_pack(identifier="eu_ai_act")))
    told = refused(monkeypatch, capsys, "check", str(release))
    assert "plugin sly-plugin 0.3.0: pack `eu_ai_act` is already offered by aiact-rules" in told


@pytest.mark.parametrize(
    ("hook", "lines", "kind"),
    [
        (
            "aiact_rules_offer_engines()",
            "name = 'reference'\n    def prepare(self, pack_at, lowered): return None",
            "engine",
        ),
        ("aiact_rules_offer_reports()", "name = 'json'\n    def render(self, decision): return 'allow'", "report"),
    ],
)
def test_nobody_replaces_what_is_built_in(
    install: Install,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    hook: str,
    lines: str,
    kind: str,
) -> None:
    install("sly-plugin", f"class Sly:\n    {lines}\n" + offering(hook, "return [Sly()]"))
    told = refused(monkeypatch, capsys, "plugins")
    assert f"plugin sly-plugin 0.3.0: there is already a {kind} named" in told.replace("an engine", "a engine")


def test_a_pack_without_a_folder_stops_the_gate(
    install: Install, tmp_path: Path, release: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    install("empty-plugin", offering_pack(tmp_path / "nowhere"))
    told = refused(monkeypatch, capsys, "check", str(release), "--market", "XZ")
    assert "plugin empty-plugin 0.3.0: there is no readable `pack.yaml`" in told


def test_a_plugin_that_cannot_take_note_of_a_decision_stops_the_gate(
    install: Install,
    tiny_pack: Folder,
    release: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    install("tiny-plugin", offering_pack(tiny_pack()))
    assert run(monkeypatch, "check", str(release), "--market", "XZ") == 0
    install("audit-plugin", offering("aiact_rules_decided(decision)", "raise OSError('disk full')"), version="2.1")
    told = refused(monkeypatch, capsys, "check", str(release), "--market", "XZ")
    assert "plugin audit-plugin 2.1: failed to take note of the decision, so no release can be allowed" in told
    assert "OSError: disk full" in told


def test_a_decision_reaches_every_plugin_and_none_can_change_it(tiny_pack: Folder) -> None:
    code = offering("aiact_rules_decided(decision)", "SEEN.append(decision); decision.verdict = None")
    quiet: dict[str, Any] = {"SEEN": []}
    exec(code.replace("; decision.verdict = None", ""), quiet)
    loud: dict[str, object] = {"SEEN": []}
    exec(code, loud)
    host = PluginHost()
    host.register(_module(offering_pack(tiny_pack())), PluginInfo("tiny", "tiny-plugin", "1"))
    host.register(_module_of(quiet), PluginInfo("quiet", "quiet-plugin", "1"))
    gate = Gate(packs=["tiny_act"], engine="reference", catalogue=Catalogue(host))
    decision = gate.record(gate.check({"tiny.small": True}, roles=["provider"], markets=["XZ"]))
    assert [told.decision_id for told in quiet["SEEN"]] == [decision.decision_id]
    host.register(_module_of(loud), PluginInfo("loud", "loud-plugin", "1"))
    with pytest.raises(PluginError, match="loud-plugin 1: failed to take note"):
        gate.record(decision)
    assert decision.verdict.value == "allow"


def test_the_order_of_plugins_changes_nothing(tiny_pack: Folder) -> None:
    one, two = _module(offering_pack(tiny_pack("one", "act_one"))), _module(offering_pack(tiny_pack("two", "act_two")))
    found = []
    for order in ((("a", one), ("b", two)), (("b", two), ("a", one))):
        host = PluginHost()
        for name, plugin in order:
            host.register(plugin, PluginInfo(name, f"{name}-plugin", "1"))
        found.append([(str(info), offer.folder.name) for info, offer in host.offered_packs()])
    assert found[0] == found[1]


def test_a_plugin_that_offers_nothing_is_no_trouble() -> None:
    host = PluginHost()
    host.register(_module(""), PluginInfo("idle", "idle-plugin", "1"))
    host.register(_module(offering("aiact_rules_offer_packs()", "return []")), PluginInfo("empty", "empty-plugin", "1"))
    assert host.offered_packs() == ()
    assert [info.name for info in host.infos] == ["empty", "idle"]


def test_a_pack_knows_who_offered_it(install: Install, tiny_pack: Folder) -> None:
    install("tiny-plugin", offering_pack(tiny_pack()), version="1.2.3")
    catalogue = Catalogue.of_installed_plugins()
    assert catalogue.heads["tiny_act"].offered_by == "plugin tiny-plugin 1.2.3"
    assert isinstance(catalogue.host.offered_packs()[0][1], PackLocation)


def _module(code: str) -> object:
    names: dict[str, object] = {}
    exec(code, names)
    return _module_of(names)


def _module_of(names: dict[str, object]) -> object:
    return type("Plugin", (), {k: staticmethod(v) if callable(v) else v for k, v in names.items() if "aiact" in k})
