"""Promote a version in a W&B registry by an automation, where its release may go ahead.

An automation on the alias `candidate` sends this payload, signed with the secret of the webhook:

    {"artifact": "${artifact_version}", "version": "${artifact_version_string}",
     "collection": "${artifact_collection_name}", "author": "${event_author}"}

and this receiver judges the facts under `aiact` in the metadata of the version, nested as in a release file, and sets the alias
`production`. Let that be a protected alias which only the account of WANDB_API_KEY may set: otherwise this only records.

    WANDB_API_KEY=... WANDB_WEBHOOK_SECRET=... AIACT_SETTINGS=/etc/aiact/aiact.toml AIACT_LOG=log.sqlite python receiver.py 8080
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import sys
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiact_rules.decision_log.acts import Artifact
from aiact_rules.hosts.judgement import HostGate

MOST_BYTES = 64 * 1024
ALIAS = "production"
READ = "query Version($id: ID!) { artifact(id: $id) { metadata } }"
SET = """mutation Promote($id: ID!, $aliases: [ArtifactCollectionAliasInput!]!) {
  addAliases(input: {artifactID: $id, aliases: $aliases}) { success }
}"""


def is_signed(body: bytes, signature: str, secret: str) -> bool:
    """Return whether the signature, with or without `sha256=` before it, is that of the body."""
    own = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return bool(secret) and hmac.compare_digest(own.encode(), signature.removeprefix("sha256=").encode())


def ask(query: str, **variables: object) -> dict[str, object]:
    """Return the data of a GraphQL answer. Raises OSError or ValueError where there is none."""
    key = base64.b64encode(f"api:{os.environ['WANDB_API_KEY']}".encode()).decode()
    request = urllib.request.Request(
        os.environ.get("WANDB_BASE_URL", "https://api.wandb.ai") + "/graphql",
        data=json.dumps({"query": query, "variables": variables}).encode(),
        headers={"Authorization": f"Basic {key}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        said = json.load(answer)
    if said.get("errors") or not isinstance(said.get("data"), dict):
        raise ValueError("W&B answers with an error")
    return said["data"]


def handle(body: bytes, signature: str) -> tuple[int, str]:
    """Judge and promote, and return a status with what to say: 200 promoted, 403 refused, 401 not signed, 400 or 502 no answer."""
    if not is_signed(body, signature, os.environ.get("WANDB_WEBHOOK_SECRET", "")):
        return 401, "the signature is not that of this webhook"
    try:
        asked = json.loads(body)
        artifact = str(asked["artifact"]).rpartition("/")[2]
        version, collection, author = (str(asked[key]) for key in ("version", "collection", "author"))
    except (ValueError, KeyError, TypeError):
        return 400, "the payload is not the one of the template"
    host = HostGate("wandb", settings=os.environ.get("AIACT_SETTINGS"), log=os.environ.get("AIACT_LOG"))
    about = {"action": f"set alias {ALIAS} on {version}", "actor": author or None}
    try:
        found = ask(READ, id=artifact)["artifact"]
        metadata = json.loads(found["metadata"] or "{}")  # type: ignore[index]
    except (OSError, ValueError, TypeError, KeyError) as error:
        return 502, host.failed(error, **about, artifact=Artifact(collection, version)).message
    facts = metadata.get("aiact", {}) if isinstance(metadata, dict) else {}
    judgement = host.judge_facts(facts, source="metadata aiact", **about, artifact=Artifact(collection, version))
    if not judgement.passes:
        return 403, judgement.message
    try:
        done = ask(SET, id=artifact, aliases=[{"artifactCollectionName": collection, "alias": ALIAS}])
        if not done["addAliases"]["success"]:  # type: ignore[index]
            raise ValueError("W&B does not set it")
    except (OSError, ValueError, TypeError, KeyError) as error:
        return 502, f"allowed, and not set: {error}"
    return 200, judgement.message


class Receiver(BaseHTTPRequestHandler):
    """Takes the calls of the automation."""

    def do_POST(self) -> None:
        """Answer one call."""
        length = int(self.headers.get("Content-Length") or 0)
        status, said = 413, "the payload is too large"
        if length <= MOST_BYTES:
            status, said = handle(self.rfile.read(length), self.headers.get("X-Wandb-Signature", ""))
        data = f"{said}\n".encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
