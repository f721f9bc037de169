"""BentoML, really served: the hook of the page stops the server before its workers where the release is refused."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT

from .platforms import Place

pytestmark = pytest.mark.skipif(find_spec("bentoml") is None, reason="bentoml is not installed; .ci/hosts runs this")
PAGE = (ROOT / "docs" / "hosts" / "start.md").read_text(encoding="utf-8")


def service(release: str) -> str:
    """Return the service of the page, for a release."""
    code = re.search(r"```python\n(import bentoml.*?)```", PAGE, re.DOTALL)
    assert code is not None
    return (
        code[1].replace('["release"]', f"[{release!r}]").replace('settings="/etc/aiact/aiact.toml"', 'log="log.sqlite"')
    )


def serve(place: Place, release: str, port: int) -> subprocess.Popen[bytes]:
    (place.folder / "service.py").write_text(service(str(place.folder / release)))
    environment = os.environ | {"BENTOML_HOME": str(place.folder / "home"), "BENTOML_DO_NOT_TRACK": "True"}
    command = [sys.executable, "-m", "bentoml", "serve", "service:Scorer", "--port", str(port)]
    log = (place.folder / "served").open("wb")
    return subprocess.Popen(command, cwd=place.folder, env=environment, stdout=log, stderr=subprocess.STDOUT)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def test_a_refused_release_is_not_served(tmp_path: Path) -> None:
    place = Place.at(tmp_path)
    with serve(place, "silent", free_port()) as process:
        assert process.wait(120) != 0
    assert "refused: serve scorer" in (tmp_path / "served").read_text()
    assert {outcome for _, outcome in place.acts()} == {"refused"}


def test_an_allowed_release_is_served(tmp_path: Path) -> None:
    place, port = Place.at(tmp_path), free_port()
    with serve(place, "minimal", port) as process:
        until, ready = time.monotonic() + 120, 0
        while time.monotonic() < until and process.poll() is None and ready != 200:
            try:
                ready = urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2).status
            except OSError:
                time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        process.wait(60)
    assert ready == 200, (tmp_path / "served").read_text()
    assert {outcome for _, outcome in place.acts()} == {"allowed"}
