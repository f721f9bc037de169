"""The journal: a line in the server's log for every act that was judged, and an entry in the decision log, if there is one."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterable, Mapping
from datetime import datetime

from aiact_rules import Decision, Override
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.decision_log.acts import Act, Artifact, Outcome
from aiact_rules.decision_log.opening import open_log

from aiact_rules_mlflow.acts import RegistryAct
from aiact_rules_mlflow.judging import strictest
from aiact_rules_mlflow.reasons import in_short

HOST = "mlflow"
UNKNOWN = "unknown"
_PASSWORD = re.compile(r"(?<=://)([^/@\s]*?):[^@\s]*@")

log = logging.getLogger("aiact_rules_mlflow")


class Journal:
    """Writes acts down. Safe to share between threads."""

    def __init__(self, address: str | None) -> None:
        """Open the decision log at an address (None: there is none). Raises InputError where it cannot be written to."""
        self.address = address
        self.decision_log = None if address is None else open_log(address)
        if self.decision_log is not None:
            self.decision_log.check_writable()

    def record(
        self,
        act: RegistryAct,
        outcome: Outcome,
        decisions: Iterable[Decision],
        *,
        at: datetime,
        override: Override | None = None,
    ) -> None:
        """Write down an act and the decisions on it. Raises InputError where the decision log cannot keep them.

        With an override, those that pass by themselves were allowed, and the one that it speaks of was overridden.
        """
        every = tuple(decisions)
        if self.decision_log is not None:
            for decision in every:
                own = outcome
                if outcome is Outcome.OVERRIDDEN and decision.passes:
                    own = Outcome.ALLOWED
                said = override if own in (Outcome.OVERRIDDEN, Outcome.REFUSED) else None
                if said is not None and said.decision_id != decision.decision_id:
                    said = None
                self._append(decision, _act(act, own, said), at)
        decision = strictest(every)
        write_line(
            logging.INFO if outcome is Outcome.ALLOWED else logging.WARNING,
            outcome.value,
            act,
            verdict=decision.verdict.value,
            decision=decision.decision_id,
            reason=in_short(decision) if outcome is not Outcome.ALLOWED else "",
            override=""
            if override is None
            else f"by {override.who} until {override.until.isoformat()}: {override.why}",
        )

    def record_undecided(self, act: RegistryAct, problems: Iterable[str], *, at: datetime) -> None:
        """Write down an act that could not be judged. Raises InputError as `record` does."""
        said = tuple(problems)
        write_line(logging.WARNING, Outcome.UNDECIDED.value, act, reason="; ".join(said))
        if self.decision_log is not None:
            name = act.model if act.version is None else f"{act.model} version {act.version}"
            try:
                self.decision_log.append_error(name, said, at=at, act=_act(act, Outcome.UNDECIDED, None))
            except Exception as error:
                raise self._away(error) from error

    def _append(self, decision: Decision, act: Act, at: datetime) -> None:
        assert self.decision_log is not None, "asked for only where there is one"
        try:
            self.decision_log.append(decision.as_record(), at=at, act=act)
        except Exception as error:
            raise self._away(error) from error

    def _away(self, error: Exception) -> InputError:
        """Return that the log cannot be written to: whatever the reason, what is not recorded is not released."""
        hint = str(error) if isinstance(error, InputError) else type(error).__name__
        log.error("the decision log at %s cannot be written to: %s", without_password(self.address or ""), hint)
        message = "the decision log cannot be written to, so nothing is released"
        return InputError([Problem(message, Place("decision log"), "the server's log says more")])


def write_line(level: int, outcome: str, act: RegistryAct, **said: str) -> None:
    """Write one line to the server's log: names and values, each text in quotes with nothing in it that ends a line."""
    values: Mapping[str, str] = {
        "act": act.action,
        "model": act.model,
        "version": act.version or "new",
        "user": act.actor or UNKNOWN,
        **said,
    }
    log.log(level, "%s %s", outcome, " ".join(f"{k}={json.dumps(v)}" for k, v in values.items() if v))


def make_lines_visible() -> None:
    """Let the lines reach the server's log, unless somebody set up logging of their own."""
    if log.level == logging.NOTSET:
        log.setLevel(logging.INFO)
    if not log.hasHandlers():
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y/%m/%d %H:%M:%S"))
        log.addHandler(handler)


def without_password(uri: str) -> str:
    """Return an address without the password and the options in it."""
    return _PASSWORD.sub(r"\1:***@", uri.partition("?")[0])


def _act(act: RegistryAct, outcome: Outcome, override: Override | None) -> Act:
    return Act(HOST, act.action, outcome, act.actor, Artifact(act.model, act.version), override)
