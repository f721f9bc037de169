"""Give a version of a model in Vertex AI the alias `production`, where its release may go ahead.

    GOOGLE_TOKEN=$(gcloud auth print-access-token) python promote.py \
        --model projects/PROJECT/locations/europe-west1/models/ID --version 3 --release models/scorer --settings aiact.toml

Labels of Vertex hold no facts (63 plain signs), so they are those of a card or a release file. Blocks in the pipeline that deploys by the
alias `production`, if nobody else may set it (`aiplatform.models.update`); otherwise it only records.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import urllib.request
from pathlib import Path

from aiact_rules.decision_log.acts import Artifact
from aiact_rules.hosts.judgement import HostGate

MODEL = re.compile(r"projects/[\w-]+/locations/(?P<region>[a-z0-9-]+)/models/[\w-]+\Z")
ALIAS = "production"


def call(method: str, region: str, path: str, content: object) -> None:
    """Send JSON to Vertex AI. Raises OSError where it is not taken."""
    request = urllib.request.Request(
        os.environ.get("VERTEX_ENDPOINT", f"https://{region}-aiplatform.googleapis.com") + f"/v1/{path}",
        data=json.dumps(content).encode(),
        headers={"Authorization": f"Bearer {os.environ['GOOGLE_TOKEN']}", "Content-Type": "application/json"},
        method=method,
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        answer.read()


def main() -> int:
    """Judge, set the labels and, where it passes, the alias; end with 0 only where it was set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--release", type=Path, required=True)
    parser.add_argument("--settings")
    parser.add_argument("--log")
    given = parser.parse_args()
    found = MODEL.match(given.model)
    if found is None or not given.version.isdigit():
        print("name the model as projects/…/locations/…/models/… and the version by its number", file=sys.stderr)
        return 2
    host = HostGate("vertex", settings=given.settings, log=given.log)
    artifact = Artifact(given.model.rpartition("/")[2], given.version)
    judgement = host.judge([given.release], action=f"set alias {ALIAS}", artifact=artifact)
    print(judgement.message)
    version, region = f"{given.model}@{given.version}", found["region"]
    ids = "".join(judgement.decision_ids[:1]).removeprefix("sha256:")
    labels = {"aiact_decision": judgement.batch.word, "aiact_decision_id": ids[:63] or "none"}
    try:
        call("PATCH", region, f"{version}?updateMask=labels", {"labels": labels})
        if judgement.passes:
            call("POST", region, f"{version}:mergeVersionAliases", {"versionAliases": [ALIAS]})
    except OSError as error:
        print(f"Vertex AI does not take the result: {error}", file=sys.stderr)
        return judgement.exit_code or 2
    return judgement.exit_code


if __name__ == "__main__":
    sys.exit(main())
