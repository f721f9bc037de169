"""Rego: decisions as a bundle for an Open Policy Agent: data, and a policy that denies whatever the data does not allow."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping

from aiact_rules.attest.judged import Judged
from aiact_rules.core.canonical import canonical
from aiact_rules.core.problems import InputError, Place, Problem

Row = dict[str, object]

POLICY = """\
# Written by `aiact-rules export --rego-data`. May what is named in the input be released?
#
# Ask for data.aiact.gate.allow with the input {"artifact": "sha256:..."}, or {"release": "NAME VERSION"} where no artefact
# is named. What is not in the data is denied, and so is an input that names nothing or names both and they differ.
package aiact.gate

import rego.v1

default allow := false

allow if {
\tdecision.passes == true
\tdecision.verdict != "block"
}

decision := data.aiact.artifacts[input.artifact] if {
\tnot "release" in object.keys(input)
}

decision := data.aiact.artifacts[input.artifact] if {
\tdata.aiact.artifacts[input.artifact].release == input.release
}

decision := data.aiact.releases[input.release] if {
\tnot "artifact" in object.keys(input)
}

reasons contains "no decision is known about it" if {
\tnot decision
}

reasons contains sprintf("the verdict is %s, and it does not pass (%s)", [decision.verdict, decision.decision_ids[0]]) if {
\tdecision
\tnot allow
}
"""


def bundle(releases: Iterable[Judged]) -> dict[str, str]:
    """Return the files of a bundle by name: `data.json`, `aiact.rego` and `.manifest`.

    A release stands in it by the digest of its artefact, where the decision names one, and by its name and version. Raises
    InputError where two releases have the same name, so that one would answer for the other.
    """
    artifacts: dict[str, Row] = {}
    named: dict[str, Row] = {}
    problems: list[Problem] = []
    for each in releases:
        row = _row(each)
        if each.sha256 is not None:
            artifacts[f"sha256:{each.sha256}"] = row
        if each.title in named and named[each.title] != row:
            hint = "state `name` and `version` of each"
            problems.append(Problem(f"two releases are called `{each.title}`", Place(each.title), hint))
        named[each.title] = row
    if problems:
        raise InputError(problems)
    data = {"aiact": {"artifacts": artifacts, "releases": named}}
    manifest = {"roots": ["aiact"], "revision": hashlib.sha256(canonical(data)).hexdigest()}
    return {"data.json": _text(data), "aiact.rego": POLICY, ".manifest": _text(manifest)}


def _row(judged: Judged) -> Row:
    decision = judged.decisions[0]
    return {
        "release": judged.title,
        "verdict": judged.verdict.value,
        "passes": judged.passes,
        "decision_ids": list(judged.ids),
        "decided_at": judged.decided_at,
        "as_of": decision.packs[0].pack_at.as_of.isoformat(),
        "packs": {pack.pack_id: pack.pack_at.pack.digest for each in judged.decisions for pack in each.packs},
        "conclusions": {pack.pack_id: dict(pack.headlines) for each in judged.decisions for pack in each.packs},
    }


def _text(value: Mapping[str, object]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
