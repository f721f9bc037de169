"""A pack that a plugin offers: what is wrong with it has the plugin's name, and no extension opens the gate."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

Install = Callable[..., None]
InstallPack = Callable[[str, Path], None]
Folder = Callable[..., Path]
Command = Callable[..., tuple[int, str, str]]
Refused = Callable[..., str]

EXTENSION = "id: {id}\nversion: 0.1.0\ntitle: Soft law\nlaw: Guidance\nmarket: XZ\ngates: false\nextends: [{extends}]\n"
BROKEN = "obligations: [{id: tiny.art2, provision: Art. 2, must: do, met_when: {tiny.large: true}}]\n"
NAMED = "plugin bad-plugin 0.3.0: pack `{}` cannot be used\n"


@pytest.fixture
def extension(tmp_path: Path, install_pack: InstallPack) -> Callable[..., None]:
    """Install a plugin that offers an extension: its id, what it extends, and its files beside pack.yaml."""

    def made(identifier: str = "soft", extends: str = "tiny_act", **texts: str) -> None:
        folder = tmp_path / identifier
        folder.mkdir()
        files = {"pack": EXTENSION.format(id=identifier, extends=extends), **texts}
        for name, text in files.items():
            (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        install_pack("bad-plugin" if identifier == "soft" else f"{identifier}-plugin", folder)

    return made


@pytest.fixture
def tiny(install_pack: InstallPack, tiny_pack: Folder) -> Path:
    folder = tiny_pack()
    install_pack("tiny-plugin", folder)
    return folder


@pytest.fixture
def refused(command: Command) -> Callable[..., str]:
    """Run a command that must not be answered, and return what it says instead."""

    def ran(*arguments: str) -> str:
        code, out, err = command(*arguments)
        assert code == 2
        assert "ALLOW" not in out
        return err

    return ran


@pytest.mark.parametrize("name", ["check", "prove", "test"])
def test_a_pack_that_cannot_be_used_names_its_plugin(
    name: str, install_pack: InstallPack, tiny_pack: Folder, release: Path, refused: Refused
) -> None:
    folder = tiny_pack()
    (folder / "art_002.yaml").write_text(BROKEN, encoding="utf-8")
    install_pack("bad-plugin", folder)
    asked = {
        "check": ("check", str(release), "--market", "XZ"),
        "prove": ("prove", "tiny_act"),
        "test": ("test", "--pack", "tiny_act"),
    }
    said = refused(*asked[name])
    assert NAMED.format("tiny_act") in said
    assert "art_002.yaml:1: obligation `tiny.art2`" in said


def test_a_head_that_cannot_be_read_names_its_plugin(
    install_pack: InstallPack, tiny_pack: Folder, refused: Refused
) -> None:
    folder = tiny_pack()
    (folder / "pack.yaml").write_text("id: [\n", encoding="utf-8")
    install_pack("bad-plugin", folder)
    assert "plugin bad-plugin 0.3.0: `pack.yaml` cannot be used\n" in refused("packs")


def test_cases_that_fail_name_the_plugin_of_their_pack(
    install_pack: InstallPack, tiny_pack: Folder, command: Command
) -> None:
    folder = tiny_pack()
    cases = "cases: [{case: silence allows, facts: {}, roles: [provider], expect: {verdict: allow}}]\n"
    (folder / "art_001.cases.yaml").write_text(cases, encoding="utf-8")
    install_pack("bad-plugin", folder)
    code, out, _ = command("test", "--pack", "tiny_act")
    assert code == 1
    assert out.startswith("plugin bad-plugin 0.3.0: pack `tiny_act`:\nart_001.cases.yaml:1: case")


def test_an_engine_that_fails_is_no_failed_case(
    install: Install, tiny_pack: Folder, tiny: Path, refused: Refused
) -> None:
    engine = "class Odd:\n    name = 'odd'\n    def prepare(self, pack_at, lowered): return None\n"
    hook = "@hookimpl\ndef aiact_rules_offer_engines():\n    return [Odd()]\n"
    install("odd-plugin", f"from aiact_rules.plugins.hookspecs import hookimpl\n{engine}{hook}")
    cases = "cases: [{case: silence holds, facts: {}, roles: [provider], expect: {verdict: hold}}]\n"
    (tiny / "art_001.cases.yaml").write_text(cases, encoding="utf-8")
    said = refused("test", "--pack", "tiny_act", "--engine", "odd")
    assert "plugin odd-plugin 0.3.0: engine `odd` failed to prepare pack `tiny_act`" in said


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("art_001", "rules: [{id: s1, provision: M, exception_to: tiny.art1, when: {tiny.small: false}, reason: r}]\n"),
        ("pack", "id: soft\nversion: 0.1.0\ntitle: S\nlaw: G\nmarket: XY\nextends: [tiny_act]\n"),
    ],
    ids=["exception", "market"],
)
def test_an_extension_that_would_change_the_law_stops_the_gate(
    tiny: Path, extension: Callable[..., None], release: Path, refused: Refused, file: str, text: str
) -> None:
    extension(**{file: text})
    said = refused("check", str(release), "--pack", "soft")
    assert NAMED.format("soft") in said


def test_what_extends_an_extension_or_itself_is_refused(
    tiny: Path, extension: Callable[..., None], release: Path, refused: Refused
) -> None:
    extension("softer", extends="soft")
    extension("soft", extends="softer")
    extension("selfish", extends="selfish")
    said = refused("check", str(release), "--pack", "soft")
    assert "pack `soft` extends `softer`, which is an extension itself\n  extend the law" in said
    assert "which is an extension itself" in refused("check", str(release), "--pack", "selfish")


def test_advice_leaves_the_verdict_as_it_is(
    tiny: Path, extension: Callable[..., None], release: Path, command: Command
) -> None:
    advice = "obligations: [{id: soft.1, provision: M, must: do more, kind: notice, given: {tiny.small: true}}]\n"
    extension(art_001=advice)
    assert command("check", str(release), "--pack", "soft")[0] == 0
    release.write_text(release.read_text(encoding="utf-8").replace("true", "false"), encoding="utf-8")
    assert command("check", str(release), "--pack", "soft")[0] == 1


PROHIBITED = """\
format: 1
subject: system
roles: [provider]
markets: [EU]
facts:
  system: {practices: [targets_weaknesses], exploits_vulnerabilities_due_to: [age], distorts_behaviour: true,
    likely_to_cause_significant_harm: true, annex_iii_uses: [], annex_i_law: [], transparency_situations: []}
"""


def test_no_extension_puts_off_a_prohibition_of_the_eu_ai_act(
    extension: Callable[..., None], release: Path, refused: Refused, command: Command
) -> None:
    release.write_text(PROHIBITED, encoding="utf-8")
    assert command("check", str(release))[0] == 1
    values = "values: {2024-08-01: 2099-01-01}, checked_on: 2026-11-22"
    head = EXTENSION.format(id="soft", extends="eu_ai_act").replace("XZ", "EU")
    extension(pack=head, parameters=f"parameters:\n  chapters_i_ii_start: {{provision: Guidance, {values}}}\n")
    said = refused("check", str(release), "--pack", "soft")
    assert NAMED.format("soft") in said
    assert "parameters.yaml:2: parameter `chapters_i_ii_start` has the name of a parameter of `eu_ai_act`" in said
