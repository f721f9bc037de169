"""Metaflow, really run: the steps after the gate run only where the release passes."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from .platforms import Place

pytestmark = pytest.mark.skipif(find_spec("metaflow") is None, reason="metaflow is not installed; .ci/hosts runs this")

SCRIPT = """
from pathlib import Path
from metaflow import FlowSpec, Parameter, step
from aiact_rules.hosts.metaflow import gate_release

class Publish(FlowSpec):
    release = Parameter("release")

    @step
    def start(self):
        self.decisions = gate_release(self.release, log="log.sqlite")
        self.next(self.deploy)

    @step
    def deploy(self):
        Path("deployed").touch()
        self.next(self.end)

    @step
    def end(self):
        pass

if __name__ == "__main__":
    Publish()
"""


@pytest.mark.parametrize(
    ("release", "outcome"), [("silent", "refused"), ("minimal", "allowed"), ("nowhere", "undecided")]
)
def test_what_comes_after_it_runs_only_where_the_release_passes(tmp_path: Path, release: str, outcome: str) -> None:
    place = Place.at(tmp_path)
    done = place.run(SCRIPT, "run", "--release", release, METAFLOW_HOME=str(tmp_path / "home"), USERNAME="ada")
    assert (done.code == 0) == (outcome == "allowed"), done.said
    assert (tmp_path / "deployed").exists() == (outcome == "allowed")
    assert place.acts() == [("metaflow", outcome)]
    assert outcome == "allowed" or "The release is refused" in done.said
