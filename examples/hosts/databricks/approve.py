"""Approve a version of a model in Unity Catalog, as the approval task of a deployment job asks for it.

    DATABRICKS_HOST=https://… DATABRICKS_TOKEN=… python approve.py --model main.risk.scorer --version 3 --task approval_check

The approval task passes where the version has a tag named like the task with the value `Approved`. Run this as the task before it.
Blocks in the deployment job, if only its principal may tag and set aliases (`APPLY TAG`, owner of the model); otherwise it only
records.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

from aiact_rules.decision_log.acts import Artifact
from aiact_rules.hosts.judgement import HostGate
from aiact_rules.hosts.tags import facts_in_tags, tags_of

VERSIONS = "/api/2.0/mlflow/unity-catalog/model-versions"
APPROVED, REJECTED = "Approved", "Rejected"


def call(method: str, path: str, content: object = None) -> dict[str, object]:
    """Return what Databricks answers. Raises OSError or ValueError where it does not."""
    request = urllib.request.Request(
        os.environ["DATABRICKS_HOST"].rstrip("/") + path,
        data=None if content is None else json.dumps(content).encode(),
        headers={"Authorization": f"Bearer {os.environ['DATABRICKS_TOKEN']}", "Content-Type": "application/json"},
        method=method,
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        said = json.loads(answer.read() or b"{}")
    if not isinstance(said, dict):
        raise ValueError("Databricks answers with something else than an object")
    return said


def main() -> int:
    """Judge and set the tags, the approval last; end with 0 only where the version is approved."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--task", required=True, help="the name of the approval task, which is that of its tag")
    parser.add_argument("--release", type=Path, help="a card or release file; otherwise the tags state the facts")
    parser.add_argument("--settings")
    parser.add_argument("--log")
    given = parser.parse_args()
    host = HostGate("databricks", settings=given.settings, log=given.log)
    action, artifact = f"approve {given.model} {given.version}", Artifact(given.model, given.version)
    try:
        if given.release is not None:
            judgement = host.judge([given.release], action=action, artifact=artifact)
        else:
            asked = urlencode({"name": given.model, "version": given.version})
            found = call("GET", f"{VERSIONS}/get?{asked}")["model_version"]
            tags = {tag["key"]: tag["value"] for tag in found.get("tags", [])}  # type: ignore[attr-defined]
            facts = facts_in_tags(tags, host.gate.vocabulary(), "tag")
            judgement = host.judge_facts(facts, source="tags", action=action, artifact=artifact)
    except Exception as error:  # what cannot be read is not approved
        judgement = host.failed(error, action=action, artifact=artifact)
    print(judgement.message)
    approval = {given.task: APPROVED if judgement.passes else REJECTED}
    try:
        for key, value in {**tags_of(judgement), **approval}.items():
            tag = {"name": given.model, "version": given.version, "key": key, "value": value}
            call("POST", f"{VERSIONS}/set-tag", tag)
    except (OSError, ValueError) as error:
        print(f"Databricks does not take the result: {error}", file=sys.stderr)
        return judgement.exit_code or 2
    return judgement.exit_code


if __name__ == "__main__":
    sys.exit(main())
