"""Packs that change while the service runs: read again as a whole, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from aiact_rules.gate import Gate
from tests.plugins.conftest import install, install_pack, tiny_pack
from tests.server.conftest import Serve

__all__ = ["install", "install_pack", "tiny_pack"]
SMALL = {"facts": {"release.subject": "system", "tiny.small": True}, "roles": ["provider"], "markets": ["XZ"]}
LAX = "obligations: [{id: tiny.art1, provision: Art. 1, must: keep it small, role: provider, before: placing_on_market, met_when: {tiny.small: true}}]\n"
STRICT = LAX.replace("met_when: {tiny.small: true}", "met_when: {tiny.small: false}")
BROKEN = LAX.replace("tiny.small: true", "tiny.large: true")


def test_a_changed_pack_judges_after_a_reload_and_a_broken_one_never(
    serve: Serve,
    install_pack: Callable[[str, Path], None],
    tiny_pack: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tiny_pack()
    install_pack("tiny-plugin", folder)
    monkeypatch.delenv("AIACT_RULES_CACHE")  # the packs of this distribution are kept; this one changes

    def outcome() -> str:
        return client.post("/v1/decisions", json=SMALL).headers["Aiact-Outcome"]

    client = serve(make_gate=lambda: Gate())
    assert outcome() == "allowed"
    (folder / "art_001.yaml").write_text(STRICT, encoding="utf-8")
    assert outcome() == "allowed", "nothing changes before it is told to"
    before = {each["pack"]: each["digest"] for each in client.get("/readyz").json()["packs"]}
    assert client.post("/v1/reload").json()["reloaded"] is True
    after = {each["pack"]: each["digest"] for each in client.get("/readyz").json()["packs"]}
    assert [name for name in after if after[name] != before[name]] == ["tiny_act"]
    assert outcome() == "refused"
    (folder / "art_001.yaml").write_text(BROKEN, encoding="utf-8")
    told = client.post("/v1/reload")
    assert (told.status_code, told.json()["reloaded"]) == (500, False)
    assert "unknown fact `tiny.large`" in told.json()["failure"]
    assert "tiny-plugin" in told.json()["failure"]
    assert outcome() == "refused", "the pack before it judges on"
    (folder / "art_001.yaml").write_text(LAX, encoding="utf-8")
    assert client.post("/v1/reload").json()["reloaded"] is True
    assert outcome() == "allowed"
