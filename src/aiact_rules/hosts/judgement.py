"""Judgement: what a host is told of an act, be it an answer or that there is none. Only `passes` lets the act go ahead."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from aiact_rules.core.batches import Batch, Item
from aiact_rules.core.decisions import Subject
from aiact_rules.core.problems import Place, Problem, ProblemsError
from aiact_rules.decision_log.acts import Artifact, Outcome
from aiact_rules.gate import Gate
from aiact_rules.hosts.message import message_lines
from aiact_rules.hosts.recording import recorded
from aiact_rules.judging import inputs_of, item_of, judge_inputs
from aiact_rules.requests.overrides import Overrides


@dataclass(frozen=True)
class Judgement:
    """What became of the releases that an act is about. `action` says what was to be done, such as "assign scorer to prod";
    `notes` are of the host; with `is_refused` it refuses for what stands in the batch as problems, such as a verdict signed elsewhere.
    """

    action: str
    batch: Batch
    notes: tuple[str, ...] = ()
    is_refused: bool = False

    @property
    def passes(self) -> bool:
        """Return whether the act may go ahead: something was judged, and every release passes."""
        return bool(self.batch.items) and self.batch.exit_code == 0 and not self.is_refused

    @property
    def exit_code(self) -> int:
        """Return 0 where the act may go ahead, 1 where it is refused, 2 where nothing could be decided."""
        return 1 if self.is_refused else 0 if self.passes else self.batch.exit_code or 2

    @property
    def outcome(self) -> Outcome:
        """Return what a host that stands in the way does."""
        return (Outcome.ALLOWED, Outcome.REFUSED, Outcome.UNDECIDED)[self.exit_code]

    @property
    def message(self) -> str:
        """Return what a person reads: what was refused, why, what to state next, and the decision's id. Some ten lines."""
        return "\n".join(message_lines(self.action, self.outcome, self.batch, self.notes))

    @property
    def decision_ids(self) -> tuple[str, ...]:
        """Return the id of every decision."""
        return tuple(decision.decision_id for decision in self.batch.decisions)


class NotReleased(Exception):
    """The act may not go ahead. Carries the judgement; the text is its message."""

    def __init__(self, judgement: Judgement) -> None:
        self.judgement = judgement
        super().__init__(judgement.message)


class HostGate:
    """Judges what one host is about to do, and has it on record before it answers. Never raises for a release.

    `host` is its name in the log. `settings` is the file with the organisation's settings for every release (default: the
    nearest `aiact.toml` of each), `log` a decision log beside that of the organisation. `blocks` is False for a host that
    only looks on: its acts are recorded as judged.
    """

    def __init__(
        self,
        host: str,
        *,
        settings: Path | str | None = None,
        log: Path | str | None = None,
        gate: Gate | None = None,
        blocks: bool = True,
    ) -> None:
        self.host = host
        self.log = log
        self.blocks = blocks
        self._settings = settings
        self._gate = gate

    @property
    def gate(self) -> Gate:
        """Return the gate. Raises PluginError where an installed plugin fails."""
        if self._gate is None:
            self._gate = Gate(organisation=self._settings)
        return self._gate

    def judge(
        self,
        paths: Iterable[Path | str],
        said: Overrides | None = None,
        *,
        trees: Iterable[Path | str] = (),
        action: str,
        actor: str | None = None,
        artifact: Artifact | None = None,
    ) -> Judgement:
        """Return the judgement on the releases that paths name and those in and below `trees`, all of them."""
        at, below = [Path(path) for path in paths], [Path(tree) for tree in trees]

        def batch() -> Batch:
            return judge_inputs(self.gate, inputs_of(self.gate, at, trees=below), said or Overrides())

        return self._told(batch, action, actor, artifact, [*at, *below])

    def judge_facts(
        self,
        facts: Mapping[str, object],
        said: Overrides | None = None,
        *,
        source: str,
        action: str,
        actor: str | None = None,
        artifact: Artifact | None = None,
    ) -> Judgement:
        """Return the judgement on facts that a platform holds; `source` says where, and stands in reports as their origin."""

        def batch() -> Batch:
            subject = Subject() if artifact is None else Subject(artifact.name, artifact.version)
            request = self.gate.request(facts, said or Overrides(), subject=subject, source=source)
            return Batch((item_of(self.gate, request, name=artifact.name if artifact else source),))

        return self._told(batch, action, actor, artifact, [source])

    def failed(
        self, error: Exception, *, action: str, actor: str | None = None, artifact: Artifact | None = None
    ) -> Judgement:
        """Return the judgement on an act before which something went wrong. It is recorded as every other."""
        return self.undecided(problems_of(error), action=action, actor=actor, artifact=artifact)

    def undecided(
        self,
        problems: Iterable[Problem],
        *,
        action: str,
        actor: str | None = None,
        artifact: Artifact | None = None,
        is_refused: bool = False,
    ) -> Judgement:
        """Return the judgement on an act of which nothing could be read, or that is refused for other reasons than its facts.

        It is recorded as every other.
        """
        name = action if artifact is None else artifact.name

        def batch() -> Batch:
            return Batch((Item(name, problems=tuple(problems)),))

        return self._told(batch, action, actor, artifact, [name], is_refused=is_refused)

    def _told(
        self,
        judge: Callable[[], Batch],
        action: str,
        actor: str | None,
        artifact: Artifact | None,
        names: Iterable[Path | str],
        is_refused: bool = False,
    ) -> Judgement:
        name = " and ".join(str(each) for each in names)
        try:
            batch = judge()
        except Exception as error:  # whatever it is, nothing was decided
            batch = Batch((Item(name, problems=problems_of(error)),))
        judgement = Judgement(action, batch, is_refused=is_refused)
        outcome = judgement.outcome if self.blocks else Outcome.JUDGED
        try:
            recorded(
                batch,
                self.log,
                host=self.host,
                action=action,
                outcome=outcome,
                actor=actor,
                artifact=artifact,
                name=name,
            )
        except Exception as error:  # what is not on record does not go ahead
            return Judgement(action, Batch(batch.items, batch.left_out, (*batch.problems, *problems_of(error))))
        return judgement


def enforce(judgement: Judgement) -> Judgement:
    """Return a judgement by which the act may go ahead. Raises NotReleased for any other."""
    if not judgement.passes:
        raise NotReleased(judgement)
    return judgement


def problems_of(error: BaseException) -> tuple[Problem, ...]:
    """Return an error as problems that a person can read; one that nobody expected is told with its kind."""
    if isinstance(error, ProblemsError):
        return error.problems
    message, _, hint = str(error).partition("\n")
    return (Problem(f"no decision made: {type(error).__name__}: {message}", Place("gate"), hint.strip() or None),)
