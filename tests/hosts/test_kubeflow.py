"""Kubeflow Pipelines, really run by its local runner: what comes after the gate runs only where the release passes."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

from .platforms import Place

pytestmark = pytest.mark.skipif(find_spec("kfp") is None, reason="kfp is not installed; .ci/hosts runs this")

SCRIPT = """
import sys
from kfp import compiler, dsl, local
from aiact_rules.hosts.kubeflow import release_gate

gate = release_gate(packages=())
local.init(runner=local.SubprocessRunner(use_venv=False), pipeline_root="outputs", raise_on_error=True)

@dsl.component
def deploy(decisions: str, marker: str):
    open(marker, "w").write(decisions)

@dsl.pipeline
def release(path: str, log: str, marker: str):
    deploy(decisions=gate(release=path, log=log).output, marker=marker)

if sys.argv[1] == "compile":
    compiler.Compiler().compile(release, "pipeline.yaml")
else:
    release(path=sys.argv[1], log=sys.argv[2], marker=sys.argv[3])
"""


@pytest.mark.parametrize(
    ("release", "outcome"), [("silent", "refused"), ("minimal", "allowed"), ("nowhere", "undecided")]
)
def test_what_comes_after_it_runs_only_where_the_release_passes(tmp_path: Path, release: str, outcome: str) -> None:
    place = Place.at(tmp_path)
    marker = tmp_path / "deployed"
    done = place.run(SCRIPT, str(tmp_path / release), str(tmp_path / "log.sqlite"), str(marker))
    assert (done.code == 0) == (outcome == "allowed"), done.said
    assert marker.exists() == (outcome == "allowed")
    assert place.acts() == [("kubeflow", outcome)]


def test_the_component_carries_all_it_needs(tmp_path: Path) -> None:
    place = Place.at(tmp_path)
    assert place.run(SCRIPT, "compile").code == 0
    said = yaml.safe_load((tmp_path / "pipeline.yaml").read_text())
    container = said["deploymentSpec"]["executors"]["exec-aiact-release-gate"]["container"]
    assert "from aiact_rules.hosts.judgement import HostGate, enforce" in "".join(container["command"])
