"""Overriding: a person with access to the server answers for one refused release, on record (break-glass).

The override stands in the decision log, and a tag of the version says in which entry. Clients can write neither: the log
is the server's, and the tag is one that the gate refuses to everybody. What the tag says is believed only as far as the log
bears it out.
"""

from __future__ import annotations

import getpass
import re
from datetime import UTC, datetime
from typing import Any

from aiact_rules import InputError, Override
from aiact_rules.core.problems import Place, Problem, ProblemsError
from aiact_rules.decision_log.acts import Act, Artifact, Outcome
from aiact_rules.decision_log.entries import Entry
from aiact_rules.decision_log.opening import open_log

from aiact_rules_mlflow.journal import HOST
from aiact_rules_mlflow.judging import ModelVersion, ReleaseJudge
from aiact_rules_mlflow.registries import DatabaseRegistry, Named
from aiact_rules_mlflow.rows import VersionRow, write_tags
from aiact_rules_mlflow.settings import Settings
from aiact_rules_mlflow.tags import OVERRIDE

ACTION = "break glass"
_NOTED = re.compile(r"entry (?P<seq>\d{1,18}) (?P<hash>[0-9a-f]{64})")


def override_tag(entry: Any) -> dict[str, str | None]:
    """Return the tag that says in which entry of the decision log an override stands."""
    return {OVERRIDE: f"entry {entry.seq} {entry.hash}"}


def override_in(decision_log: Any, row: VersionRow) -> Override | None:
    """Return the override that was given for a version, or None where there is none that the decision log bears out."""
    noted = _NOTED.fullmatch(row.tags.get(OVERRIDE, ""))
    if noted is None or decision_log is None:
        return None
    try:
        entry = decision_log.entry(int(noted["seq"]))
        act = Act.from_json(entry.record.get("act"))
    except (ProblemsError, ValueError):
        return None
    if entry.hash != noted["hash"] or not entry.fits_its_hash or not _is_given(act):
        return None
    artifact = act.artifact
    if artifact is None or (artifact.name, artifact.version) != (row.name, str(row.version)):
        return None
    return act.override


def _is_given(act: Act) -> bool:
    return act.host == HOST and act.action == ACTION and act.outcome is Outcome.OVERRIDDEN


def give(
    registry: DatabaseRegistry, settings: Settings, named: Named, *, who: str, why: str, until: datetime
) -> tuple[Override, Entry]:
    """Record that a person answers for a version that is refused today, and note it at the version.

    Raises InputError where there is no decision log, or nothing to override, and OverrideRefused where nobody may.
    """
    if settings.log is None:
        hint = 'set `log = "…"` in aiact.toml, or AIACT_MLFLOW_LOG, for the server too'
        raise InputError(
            [Problem("an override is recorded in the decision log, and there is none", Place("log"), hint)]
        )
    decision_log, at = open_log(settings.log), datetime.now(UTC)
    entries: list[Entry] = []
    row = registry.version(named)

    def record(override: Override) -> None:
        artifact = Artifact(row.name, str(row.version))
        act = Act(HOST, ACTION, Outcome.OVERRIDDEN, getpass.getuser(), artifact, override)
        entries.append(decision_log.append(refused[0].as_record(), at=at, act=act))

    judge = ReleaseJudge(settings, repository_of=registry.repository_of, record_override=record)
    decisions = judge.decisions(ModelVersion.of_row(row), at)
    refused = [each for each in decisions if not each.passes]
    place = Place(f"{row.name} version {row.version}")
    if not refused:
        raise InputError([Problem("nothing refuses this version today, so there is nothing to override", place)])
    if len(refused) > 1:
        hint = "an override speaks of one decision; settle the others first"
        raise InputError([Problem("several operators of this release are refused", place, hint)])
    override = judge.gate.break_glass(refused[0], who=who, why=why, until=until, at=at)
    with registry.writing(named) as session:
        write_tags(registry, session, row, override_tag(entries[0]))
    return override, entries[0]
