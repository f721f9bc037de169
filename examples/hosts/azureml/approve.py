"""Judge a version of a model in an Azure ML workspace before it is deployed, and write the result into its tags.

    AZURE_TOKEN=$(az account get-access-token --query accessToken --output tsv) python approve.py \
        --subscription ID --group GROUP --workspace NAME --model scorer --version 3 --settings aiact.toml \
        && az ml online-deployment create ...

Blocks in the pipeline that runs it, by its exit code. The event ModelRegistered of Event Grid comes after the fact: called from there
it only records.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import urllib.request
from pathlib import Path
from urllib.parse import quote

from aiact_rules.decision_log.acts import Artifact
from aiact_rules.hosts.judgement import HostGate
from aiact_rules.hosts.tags import facts_in_tags, tags_of

API = "2025-04-01"


def call(method: str, path: str, content: object = None) -> dict[str, object]:
    """Return what Azure answers. Raises OSError or ValueError where it does not."""
    request = urllib.request.Request(
        f"{os.environ.get('AZURE_ENDPOINT', 'https://management.azure.com')}{path}?api-version={API}",
        data=None if content is None else json.dumps(content).encode(),
        headers={"Authorization": f"Bearer {os.environ['AZURE_TOKEN']}", "Content-Type": "application/json"},
        method=method,
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        said = json.load(answer)
    if not isinstance(said, dict):
        raise ValueError("Azure answers with something else than an object")
    return said


def main() -> int:
    """Judge, write the tags and end with 0 only where the release may go ahead and that is written down."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("subscription", "group", "workspace", "model", "version"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--release", type=Path, help="a card or release file; otherwise the tags state the facts")
    parser.add_argument("--settings")
    parser.add_argument("--log")
    given = parser.parse_args()
    path = (
        f"/subscriptions/{quote(given.subscription, '')}/resourceGroups/{quote(given.group, '')}"
        f"/providers/Microsoft.MachineLearningServices/workspaces/{quote(given.workspace, '')}"
        f"/models/{quote(given.model, '')}/versions/{quote(given.version, '')}"
    )
    host = HostGate("azureml", settings=given.settings, log=given.log)
    action, artifact = f"deploy {given.model} {given.version}", Artifact(given.model, given.version)
    try:
        properties = dict(call("GET", path)["properties"])  # type: ignore[call-overload]
        tags = dict(properties.get("tags") or {})
        if given.release is not None:
            judgement = host.judge([given.release], action=action, artifact=artifact)
        else:
            facts = facts_in_tags(tags, host.gate.vocabulary(), "tag")
            judgement = host.judge_facts(facts, source="tags", action=action, artifact=artifact)
    except Exception as error:  # what cannot be read is not deployed
        judgement, properties, tags = host.failed(error, action=action, artifact=artifact), {}, {}
    print(judgement.message)
    if properties:
        try:
            call("PUT", path, {"properties": {**properties, "tags": {**tags, **tags_of(judgement)}}})
        except (OSError, ValueError) as error:
            print(f"the result cannot be written into the tags: {error}", file=sys.stderr)
            return judgement.exit_code or 2
    return judgement.exit_code


if __name__ == "__main__":
    sys.exit(main())
