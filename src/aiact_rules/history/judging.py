"""Judging a history: one release under every text of the Act, as if each applied in full."""

from __future__ import annotations

from pathlib import Path

from aiact_rules.core.backing import Conduct, backed
from aiact_rules.core.facts import Completion
from aiact_rules.core.lowering import lower
from aiact_rules.core.pack_decisions import PackDecision, decide
from aiact_rules.core.packs import ROLES
from aiact_rules.gate import Gate
from aiact_rules.history.history import History, Table, Version, history
from aiact_rules.requests.choosing import DEFAULT_PACK
from aiact_rules.requests.overrides import Overrides
from aiact_rules.requests.request import Request


def request_for(gate: Gate, table: Table, path: Path, said: Overrides) -> Request:
    """Return the request for a release with the facts of every text of a table, read from the file beside it too."""
    packs = tuple(dict.fromkeys((DEFAULT_PACK, *(version.pack for version in table.versions))))
    said = said.with_(packs=packs, fact_files=(*said.fact_files, *facts_beside(path)))
    return gate.request(path, said)


def facts_beside(path: Path) -> tuple[Path, ...]:
    """Return the file with the facts that only earlier texts ask for: `aiact.history.yaml` beside `aiact.yaml`."""
    beside = (path / "aiact.yaml" if path.is_dir() else path).with_suffix(".history.yaml")
    return (beside,) if beside.is_file() else ()


def history_of(gate: Gate, table: Table, request: Request, operator: str | None = None) -> History:
    """Judge a release, or one operator of it, by every text of a table.

    The release counts as made on the day the release states, or today, also under texts that are older. Raises InputError
    where several operators are named and it is not said which is meant.
    """
    request = request.of_operator(operator)
    packs = {version.pack: gate.catalogue.pack(version.pack) for version in table.versions}
    vocabulary, required = gate.vocabulary(request.pack_ids), request.choices.require_evidence
    conduct = Conduct.of(packs[version.pack].at(version.date, {}) for version in table.versions)
    counting = backed(
        request.facts,
        request.evidence,
        request.release_date,
        conduct=conduct,
        vocabulary=vocabulary,
        required=required,
    )
    complete = Completion.of(vocabulary).of_facts(counting.facts)
    values = complete.values()
    engine = gate.catalogue.engine(gate.engine)

    def judge(version: Version) -> PackDecision:
        pack = packs[version.pack]
        choices = {name: choice for name, choice in request.readings.items() if name in pack.readings}
        pack_at = pack.at(version.date, choices)
        lowered = lower(pack_at)
        return decide(pack_at, lowered, complete, engine.prepare(pack_at, lowered)(values))

    acting = values.get(ROLES)
    roles = " and ".join(sorted(acting)).replace("_", " ") if isinstance(acting, frozenset) else "role not known"
    name = " ".join(part for part in (request.subject.name, request.subject.version) if part) or "the release"
    return history(table, judge, f"{name} ({roles})")
