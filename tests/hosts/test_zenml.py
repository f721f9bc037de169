"""ZenML, really run on its local stack: the step that promotes runs only where the release passes."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import pytest

from .platforms import Place

pytestmark = pytest.mark.skipif(find_spec("zenml") is None, reason="zenml is not installed; .ci/hosts runs this")

SCRIPT = """
import json, sys
from zenml import Model, get_step_context, log_metadata, pipeline, step
from zenml.client import Client
from zenml.enums import ModelStages
from aiact_rules.hosts.zenml import release_gate

@step(enable_cache=False)
def train(facts: str) -> None:
    if facts:
        log_metadata({"aiact": json.loads(facts)}, infer_model=True)

@step(enable_cache=False)
def promote(decisions: str) -> None:
    get_step_context().model.set_stage(ModelStages.PRODUCTION, force=True)

@pipeline(model=Model(name="scorer"))
def release(path: str, facts: str):
    train(facts)
    promote(release_gate(path or None, log="log.sqlite", after=["train"]))

for path, facts in json.loads(sys.argv[1]):
    try:
        release(path, facts)
    except RuntimeError as error:
        print("STOPPED", error)
for version in sorted(Client().list_model_versions(model="scorer"), key=lambda each: each.number):
    print("VERSION", version.number, version.stage, version.run_metadata["aiact_decision"]["outcome"])
"""
FACTS = {
    "release": {"subject": "system", "markets": ["EU"]},
    "operator": {"roles": ["provider"]},
    "system": {"practices": [], "annex_iii_uses": [], "annex_i_law": [], "transparency_situations": []},
}


def test_a_refused_version_is_not_promoted_and_an_allowed_one_is(tmp_path: Path) -> None:
    place = Place.at(tmp_path)
    cases = [("silent", ""), ("minimal", ""), ("", ""), ("", json.dumps(FACTS))]
    done = place.run(
        SCRIPT,
        json.dumps(cases),
        seconds=500,
        ZENML_CONFIG_PATH=str(tmp_path / "home"),
        ZENML_ANALYTICS_OPT_IN="false",
        ZENML_ENABLE_RICH_TRACEBACK="false",
        ZENML_LOGGING_VERBOSITY="ERROR",
    )
    versions = [line.split()[2:] for line in done.said.splitlines() if line.startswith("VERSION")]
    assert [outcome for _, outcome in versions] == ["refused", "allowed", "refused", "allowed"], done.said
    # ZenML lets one version be in production: the first allowed one is archived by the second.
    assert [stage for stage, _ in versions] == ["None", "archived", "None", "production"], done.said
    assert done.said.count("STOPPED") == 2
    assert [outcome for _, outcome in place.acts()] == ["refused", "allowed", "refused", "allowed"]
