"""What extends a law changes nothing of it: shown by packs that were joined by hand, past what the loader refuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from aiact_rules.catalogue import catalogue
from aiact_rules.catalogue.catalogue import Catalogue
from aiact_rules.cli.prove import command
from aiact_rules.core.conditions import ALWAYS, NEVER
from aiact_rules.core.cues import Cue
from aiact_rules.core.packs import Pack
from aiact_rules.core.rules import Deferral, Force, Kind, Moment, Role, Sanction
from aiact_rules.plugins.hookspecs import hookimpl
from aiact_rules.plugins.host import PluginHost, PluginInfo
from aiact_rules.plugins.interfaces import PackLocation
from aiact_rules.proof.extensions import extensions_change_nothing
from aiact_rules.proof.proving import prove
from aiact_rules.proof.results import Property
from aiact_rules.specfiles import extensions, load_pack_text, loader, merge_packs
from aiact_rules.specfiles.pack_head import PackHead

from .conftest import AS_OF, TEXTS

SOFT = """\
id: soft
version: 0.1.0
title: Soft law
law: Code of practice
market: EU
gates: false
extends: small
headlines: [advised]
"""
ADVICE = """\
rules:
  - {id: soft.1, provision: Measure 1, concludes: advised, when: {high_risk: true}, reason: r}
obligations:
  - {id: soft.2, provision: Measure 2, must: do more, force: voluntary, given: {advised: true},
     before: placing_on_market, role: provider, timetable: regime, met_when: {system.narrow: true}}
"""


@pytest.fixture
def law(load: Callable[..., Pack]) -> Pack:
    return load()


@pytest.fixture
def extended(law: Pack) -> Pack:
    return merge_packs(law, load_pack_text({"pack.yaml": SOFT, "art_001.yaml": ADVICE}, bases=[law]))


def proved(law: Pack, extended: Pack, as_of: date = AS_OF) -> Property:
    return extensions_change_nothing(law.at(as_of), extended.at(as_of))


def with_one(pack: Pack, among: str, name: str, **changes: Any) -> Pack:
    """Change one definition of a pack."""
    return with_added(pack, among, name, replace(getattr(pack, among)[name], **changes))


def with_added(pack: Pack, among: str, name: str, value: object) -> Pack:
    changed: dict[str, Any] = {among: {**getattr(pack, among), name: value}}
    return replace(pack, **changed)


def test_an_extension_that_gives_advice_changes_nothing(law: Pack, extended: Pack) -> None:
    found = proved(law, extended)
    assert found.holds, found.refutations
    assert found.checked == 1 + 5 + 4  # the verdict, the conclusions and the obligations in the law on that date


def test_what_extends_a_law_is_proved_on_every_date_of_its_text(law: Pack, extended: Pack) -> None:
    proofs = list(prove(extended, AS_OF, law=law))
    assert [proof.as_of.isoformat() for proof in proofs] == ["2026-11-22", "2026-07-26"]
    for proof in proofs:
        assert "extensions_change_nothing" in {each.key for each in proof.properties}
        assert proof.holds, proof.text()
    alone = [each.key for proof in prove(law, AS_OF, law=law) for each in proof.properties]
    assert "extensions_change_nothing" not in alone


def test_a_law_that_starts_later_by_an_extension_is_refuted_by_a_release_that_shows_it(
    law: Pack, extended: Pack
) -> None:
    found = proved(law, with_one(extended, "parameters", "start", values={date(2024, 8, 1): date(2099, 1, 1)}))
    by_subject = {refutation.subject: refutation for refutation in found.refutations}
    assert by_subject["start"].message == "parameter `start` is another with the extensions"
    verdict = by_subject["the verdict"]
    assert verdict.message == "the verdict is more lenient with them"
    assert verdict.witness is not None
    assert verdict.witness.replays
    answers = next(r for r in found.refutations if r.message.startswith("with the extensions the law answers"))
    assert answers.witness is not None
    assert answers.witness.replays


EVIL: dict[str, Callable[[Pack], Pack]] = {
    "a timetable that never starts": lambda p: with_one(
        p, "timetables", "regime", deferrals=(Deferral("Guidance", ALWAYS, None),)
    ),
    "a rule that never stands": lambda p: with_one(p, "rules", "art6.2", when=NEVER),
    "an exception to a prohibition": lambda p: with_one(p, "rules", "soft.1", exception_to=("art5",)),
    "a conclusion of the law": lambda p: with_one(p, "rules", "soft.1", concludes="minimal_risk"),
    "an obligation that no longer binds": lambda p: with_one(p, "obligations", "art5", force=Force.VOLUNTARY),
    "an obligation that becomes a notice": lambda p: with_one(p, "obligations", "art9.purpose", kind=Kind.NOTICE),
    "an obligation of its own that binds": lambda p: with_one(p, "obligations", "soft.2", force=Force.BINDING),
    "a pack that no longer gates": lambda p: replace(p, gates=False),
}


@pytest.mark.parametrize("evil", EVIL)
def test_another_verdict_is_refuted_with_facts(law: Pack, extended: Pack, evil: str) -> None:
    found = proved(law, EVIL[evil](extended))
    shown = [r for r in found.refutations if r.subject == "the verdict" or r.witness is not None]
    assert shown, found.refutations
    assert all(r.witness is not None and r.witness.replays for r in shown)


QUIET: dict[str, Callable[[Pack], Pack]] = {
    "another default reading": lambda p: with_one(p, "readings", "chats", default="counts"),
    "a parameter on an earlier date": lambda p: with_one(
        p, "parameters", "share", values={date(2024, 8, 1): Decimal("0.9"), date(2026, 7, 27): Decimal("0.3")}
    ),
    "a label": lambda p: replace(p, labels={"high_risk": "harmless"}),
    "a role": lambda p: with_added(p, "roles", "maker", Role("maker", "Art. 1", "m", "making_available")),
    "a moment": lambda p: with_added(p, "moments", "dreaming", Moment("dreaming", 0, "m", "Art. 1")),
    "a cue": lambda p: with_added(p, "cues", "red", Cue("red", "Art. 1", ("red",), ALWAYS)),
    "a sanction of what the law obliges to": lambda p: with_added(
        p, "sanctions", "none", Sanction("none", "Guidance", reaches=(Kind.OBLIGATION,))
    ),
    "an exception to what a cue asks": lambda p: with_one(p, "rules", "soft.1", exception_to=("signal.talk",)),
}


@pytest.mark.parametrize("quiet", QUIET)
def test_a_definition_of_the_law_that_is_another_is_refuted_whatever_the_verdict(
    law: Pack, extended: Pack, quiet: str
) -> None:
    law, extended = (with_added(p, "cues", "talk", Cue("talk", "Art. 1", ("talk*",), NEVER)) for p in (law, extended))
    assert proved(law, extended).holds
    assert not proved(law, QUIET[quiet](extended)).holds


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a law and what extends it to folders that two plugins offer, and return the folder of both."""
    host = PluginHost()
    for pack, texts in (("small", TEXTS), ("soft", {"pack.yaml": SOFT, "art_001.yaml": ADVICE})):
        for name, text in texts.items():
            (tmp_path / pack / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / pack / name).write_text(text, encoding="utf-8")
        host.register(_Offering(tmp_path / pack), PluginInfo(pack, f"{pack}-plugin", "1.0"))

    def read(head: PackHead, bases: Mapping[str, Pack]) -> Pack:
        return loader.load_pack(head.folder, bases=list(bases.values()))

    monkeypatch.setattr(catalogue, "cached_pack", read)  # the small law brings words of its own for common facts
    monkeypatch.setattr(Catalogue, "of_installed_plugins", lambda: Catalogue(host))
    return tmp_path


class _Offering:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @hookimpl
    def aiact_rules_offer_packs(self) -> list[PackLocation]:
        return [PackLocation(self.folder)]


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(command, [*arguments, "--as-of", str(AS_OF)], catch_exceptions=False)
    return done.exit_code, done.output


def test_the_command_proves_it_of_an_extension_by_id_and_by_folder(installed: Path) -> None:
    for name in ("soft", str(installed / "soft")):
        code, text = run(name)
        assert code == 0, text
        assert "small 0.1.0 with soft 0.1.0, law as of 2026-11-22" in text
        assert "proved   the extensions change no verdict, conclusion or obligation of the law (10;" in text


def test_the_command_names_the_plugin_of_an_extension_that_is_refused_and_refutes_it_where_it_was_not(
    installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    evil = "parameters:\n  start: {provision: Guidance, values: {2024-08-01: 2099-01-01}, checked_on: 2026-11-22}\n"
    (installed / "soft" / "parameters.yaml").write_text(evil, encoding="utf-8")
    code, text = run("soft")
    assert code == 2
    assert "soft (plugin soft-plugin 1.0): no proof\nplugin soft-plugin 1.0: pack `soft` cannot be used\n" in text
    assert "parameters.yaml:2: parameter `start` has the name of a parameter of `small`" in text
    for module in (extensions, loader):
        monkeypatch.setattr(module, "extension_problems", lambda *_: ())
    code, text = run("soft")
    assert code == 1
    assert "REFUTED  the extensions change no verdict, conclusion or obligation of the law" in text
    assert "the verdict is more lenient with them" in text
    assert "does NOT replay" not in text
