"""Post a comment on a pull request of a model repository on the Hugging Face Hub, and close the request where it is refused.

    aiact-rules hub . --output comment.md; code=$?
    python comment.py OWNER/MODEL NUMBER comment.md --code $code

Only records: the Hub merges what somebody with the right to write merges. HF_TOKEN has the right to write discussions there.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path


def post(path: str, content: dict[str, str]) -> None:
    """Send JSON to the Hub. Raises OSError where it is not taken."""
    request = urllib.request.Request(
        os.environ.get("HF_ENDPOINT", "https://huggingface.co") + path,
        data=json.dumps(content).encode(),
        headers={"Authorization": f"Bearer {os.environ['HF_TOKEN']}", "Content-Type": "application/json"},
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        answer.read()


def main() -> int:
    """Comment, close where asked, and end with the exit code of the check: whatever fails here is no yes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repository")
    parser.add_argument("number", type=int)
    parser.add_argument("comment", type=Path)
    parser.add_argument("--code", type=int, required=True, help="exit code of `aiact-rules hub`")
    parser.add_argument("--close", action="store_true", help="close the pull request where it is refused")
    given = parser.parse_args()
    discussion = f"/api/models/{urllib.parse.quote(given.repository)}/discussions/{given.number}"
    try:
        post(f"{discussion}/comment", {"comment": given.comment.read_text(encoding="utf-8")})
        if given.close and given.code != 0:
            post(f"{discussion}/status", {"status": "closed", "comment": "Closed: the release is refused, see above."})
    except OSError as error:
        print(f"the Hub does not take the comment: {error}", file=sys.stderr)
        return given.code or 2
    return given.code


if __name__ == "__main__":
    sys.exit(main())
