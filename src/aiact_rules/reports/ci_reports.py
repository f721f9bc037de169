"""Reports in the dialects of CI systems: GitHub workflow commands, GitLab code quality, and Markdown summaries."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from aiact_rules.core.decisions import Decision
from aiact_rules.core.findings import Finding
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.statuses import Status
from aiact_rules.reports.annotations import annotations_of, document_of

# GitHub shows ten annotations per kind and step; the rest only in the log.
_SHOWN_BY_GITHUB = 10


class GithubReport:
    """Writes workflow commands that GitHub shows as annotations: the worst first, and a line that counts the rest."""

    name = "github"

    def render(self, decision: Decision) -> str:
        """Give one decision as workflow commands."""
        return self.render_many([decision])

    def render_many(self, decisions: Sequence[Decision]) -> str:
        """Give several decisions as workflow commands."""
        lines = []
        for blocks, command in ((True, "error"), (False, "warning")):
            found = [a for a in annotations_of(decisions) if a.blocks is blocks]
            for a in found[:_SHOWN_BY_GITHUB]:
                place = f"file={_property(a.path)},line={a.line},title={_property(a.provision)}"
                lines.append(f"::{command} {place}::{_data(a.message)}")
            if len(found) > _SHOWN_BY_GITHUB:
                lines.append(f"::notice::{len(found) - _SHOWN_BY_GITHUB} more findings of this kind; see the summary")
        lines += [f"{document_of(d)}: {d.verdict.value} ({d.decision_id})" for d in decisions]
        return "\n".join(lines) + "\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


class GitlabReport:
    """Writes a GitLab code quality report."""

    name = "gitlab"

    def render(self, decision: Decision) -> str:
        """Give one decision as a code quality report."""
        return self.render_many([decision])

    def render_many(self, decisions: Sequence[Decision]) -> str:
        """Give several decisions as one code quality report."""
        rows = [
            {
                "description": a.message,
                "check_name": a.rule,
                "fingerprint": a.fingerprint,
                "severity": "blocker" if a.blocks else "major",
                "location": {"path": a.path, "lines": {"begin": a.line}},
            }
            for a in annotations_of(decisions)
        ]
        return json.dumps(rows, indent=2, ensure_ascii=False) + "\n"


class MarkdownReport:
    """Writes a summary in Markdown, for job summaries and comments on merge requests."""

    name = "markdown"

    def render(self, decision: Decision) -> str:
        """Give one decision as Markdown."""
        return self.render_many([decision])

    def render_many(self, decisions: Sequence[Decision]) -> str:
        """Give several decisions as one Markdown text."""
        return "\n".join(line for decision in decisions for line in _summary(decision)) + "\n"


def _summary(decision: Decision) -> Iterator[str]:
    name = decision.subject.name or document_of(decision)
    who = f" ({_cell(decision.operator)})" if decision.operator else ""
    yield f"## {decision.verdict.value.upper()}: {_cell(name)}{who}"
    yield ""
    for pack in decision.packs:
        basis = pack.pack_at.pack
        verdict = "informs only" if pack.verdict is None else f"**{pack.verdict.value}**"
        yield f"{_cell(basis.title)}, as known on {pack.pack_at.as_of}: {verdict}"
        yield ""
        for status, title in ((Status.BREACHED, "Breached"), (Status.OPEN, "Open")):
            yield from _table(title, [f for f in pack.findings if f.status is status])
        yield from _questions(pack)
        coming = [f for f in pack.findings if f.status is Status.UPCOMING and f.certain and f.start is not None]
        dates = sorted({f.start.on for f in coming if f.start is not None})
        for on in dates:
            count = sum(f.start is not None and f.start.on == on for f in coming)
            yield f"- from {on}: {count} obligations"
        if dates:
            yield ""
    yield f"`{decision.decision_id}`"
    yield ""


def _table(title: str, findings: Sequence[Finding]) -> Iterator[str]:
    if not findings:
        return
    yield f"### {title} ({len(findings)})"
    yield ""
    yield "| Provision | Who | Must |"
    yield "| --- | --- | --- |"
    for finding in findings:
        who = " or ".join(finding.roles).replace("_", " ")
        yield f"| {_cell(finding.provision)} | {who} | {_cell(finding.must)} |"
    yield ""


def _questions(pack: PackDecision) -> Iterator[str]:
    if not pack.needs:
        return
    yield "### Please answer"
    yield ""
    for number, need in enumerate(pack.needs, 1):
        yield f"{number}. {_cell(pack.pack_at.pack.vocabulary[need.fact].asks)} (`{need.fact}`)"
    yield ""


def _cell(text: str) -> str:
    """Keep text inside its cell and free of markup of its own."""
    for mark in "\\`*_[]<>|":
        text = text.replace(mark, "\\" + mark)
    return " ".join(text.split())
