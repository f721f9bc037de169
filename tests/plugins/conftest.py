"""Distributions made on the spot: a folder with modules and metadata, as an installer would leave it."""

from __future__ import annotations

import importlib
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from aiact_rules import cli

Install = Callable[..., None]
ROOT = Path(__file__).parents[2]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Return a function that makes a plugin installed: `install(name, code, version=..., entry_point=...)`."""
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.setenv("AIACT_RULES_CACHE", "off")
    made: list[str] = []

    def make(name: str, code: str, *, version: str = "0.3.0", entry_point: str | None = None) -> None:
        module = name.replace("-", "_")
        made.append(module)
        (site / f"{module}.py").write_text(textwrap.dedent(code), encoding="utf-8")
        info = site / f"{module}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", encoding="utf-8")
        (info / "entry_points.txt").write_text(f"[aiact_rules]\n{entry_point or module} = {module}\n", encoding="utf-8")
        importlib.invalidate_caches()

    yield make
    for module in made:
        sys.modules.pop(module, None)


@pytest.fixture
def install_pack(install: Install) -> Callable[[str, Path], None]:
    """Return a function that makes a plugin installed that offers the pack in a folder."""

    def make(name: str, folder: Path) -> None:
        offer = f"return [PackLocation(Path({str(folder)!r}))]"
        imports = "from pathlib import Path\nfrom aiact_rules.plugins.hookspecs import hookimpl\n"
        imports += "from aiact_rules.plugins.interfaces import PackLocation\n"
        install(name, f"{imports}@hookimpl\ndef aiact_rules_offer_packs():\n    {offer}\n")

    return make


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Return a function that runs the command line and gives its exit code and what it said on both streams."""

    def ran(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        monkeypatch.setattr("sys.argv", ["aiact-rules", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, said.out, said.err

    return ran


TINY_PACK = {
    "pack.yaml": """\
        id: {id}
        version: 0.1.0
        title: Tiny Act
        law: Tiny Act (invented)
        market: XZ
        roles:
          provider: {{provision: Art. 1, means: makes it, moment: placing_on_market}}
        moments:
          placing_on_market: {{order: 1, provision: Art. 1, means: first offer}}
        """,
    "vocabulary.yaml": """\
        facts:
          tiny.small: {{type: yes_no, asks: Is it small?}}
        """,
    "art_001.yaml": """\
        article: 1
        obligations:
          - {{id: tiny.art1, provision: Art. 1, must: keep it small, role: provider, before: placing_on_market, met_when: {{tiny.small: true}}}}
        """,
}


@pytest.fixture
def tiny_pack(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a pack with one obligation and gives its folder."""

    def make(folder: str = "tiny", identifier: str = "tiny_act") -> Path:
        path = tmp_path / folder
        path.mkdir()
        for name, text in TINY_PACK.items():
            (path / name).write_text(textwrap.dedent(text).format(id=identifier), encoding="utf-8")
        return path

    return make


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """Return a release file that the tiny pack allows."""
    file = tmp_path / "aiact.yaml"
    file.write_text(
        "format: 1\nsubject: system\nroles: [provider]\nmarkets: [XZ]\nfacts: {tiny.small: true}\n", encoding="utf-8"
    )
    return file
