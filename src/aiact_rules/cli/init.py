"""`aiact-rules init`: write a release file to fill in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap

import click

from aiact_rules.cli.skeletons import Offer, chosen, documents, evidence_lines, offers_of, wired
from aiact_rules.cli.terminal import say
from aiact_rules.core.packs import MARKETS, SUBJECT
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.core.vocabulary import FactDeclaration, FactType
from aiact_rules.gate import Gate
from aiact_rules.interview.questions import pending

_HEAD = """\
# yaml-language-server: $schema=./release.schema.json
# (for editors that check YAML: `aiact-rules schema release > release.schema.json`)
#
# What is released, by whom, when and where. Fill in what you know, and remove the `# ` before each line that you fill in.
# What is not stated holds the release and is never taken for a no. `aiact-rules check` says what is still needed, and
# `aiact-rules ask` asks it.
format: 1
name: {name}    # as in your registry
# version: 1.0.0
subject:            # system, model, both or neither
roles:              # provider, deployer, importer, distributor, authorised_representative, product_manufacturer
markets: [EU]
# moment: placing_on_market    # or making_available, putting_into_service, use; or an event: incident, risk, request, review
# release_date: 2027-12-15
# Facts about your organisation (size, turnover, where it is established, ...) can stand once for all its releases in
# `aiact.toml`, as can its usual roles and markets: docs/configuration.md, or `aiact-rules schema config`.
facts:
"""
_EVIDENCE = """\

# What shows that a statement is true: a file in this repository (its hash is recorded), a `url` or an entry of a `registry`.
# evidence:
#   system.marking: {file: docs/marking.pdf, by: quality team, on: 2026-11-02}
"""
_MOST_AT_ONCE = 8
"""How many further questions an answer may raise that are written down beforehand; more are left to `ask`."""


@click.command("init")
@click.argument("path", type=click.Path(path_type=Path), default=Path("aiact.yaml"))
@click.option(
    "--with",
    "names",
    multiple=True,
    metavar="NAMES",
    help="Also write empty documents beside it, named as its evidence: annex-iv, instructions, declaration, fria, qms, "
    "monitoring, training-summary (commas between several).",
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def command(path: Path, names: tuple[str, ...], force: bool) -> None:
    """Write a commented release file (default: aiact.yaml here) with the questions that decide most.

    With --with and a release file that is there already, only the documents are written.

    \b
    Examples:
      aiact-rules init
      aiact-rules init cards/ticket-router --with annex-iv,fria
    """
    if path.is_dir():
        path = path / "aiact.yaml"
    gate = Gate()
    offers = _offers(gate, names)
    texts = documents(offers, path.parent, force=force)
    keeps = bool(offers) and path.exists() and not force
    if path.exists() and not force and not keeps:
        raise InputError(
            [Problem("there is already a file here", Place(str(path)), "choose another name, or use --force")]
        )
    if not keeps:
        text = release_file(gate, path.absolute().parent.name or "TODO")
        texts = {path: wired(text.removesuffix(_EVIDENCE), offers) if offers else text, **texts}
    for file, text in texts.items():
        _write(file, text)
    if keeps:
        say(f"{path} stays as it is; add to it:")
        for line in evidence_lines(offers):
            say(line)
    else:
        say(f"{path}: fill it in, then run `aiact-rules check {path}`")


def _offers(gate: Gate, names: tuple[str, ...]) -> tuple[Offer, ...]:
    if not names:
        return ()
    heads = sorted((head for head in gate.catalogue.heads.values() if head.gates), key=lambda head: head.market != "EU")
    return chosen(offers_of(gate.catalogue.packs(head.id for head in heads)), names)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError([Problem("the file cannot be written", Place(str(path)), str(error))]) from error


def release_file(gate: Gate, name: str) -> str:
    """Return a release file with the first questions of both kinds of release as comments, and what they lead on to."""
    lines = [_HEAD.format(name=json.dumps(name, ensure_ascii=False)).rstrip("\n")]
    written: set[str] = set()
    for subject in ("system", "model"):
        facts, first = _first_questions(gate, subject)
        for declaration in first:
            if declaration.name not in written:
                written.add(declaration.name)
                lines += _shown(declaration)
        for answer, declarations in _follow_ups(gate, facts, first):
            new = [declaration for declaration in declarations if declaration.name not in written]
            if new:
                lines += ["", f"  # Only where {answer}:"]
            for declaration in new:
                written.add(declaration.name)
                lines += _shown(declaration)
    return "\n".join(lines) + "\n" + _EVIDENCE


def _first_questions(gate: Gate, subject: str) -> tuple[dict[str, object], list[FactDeclaration]]:
    """Return the questions about a kind of release, and facts that answer its lists with none."""
    facts: dict[str, object] = {SUBJECT: subject, MARKETS: ["EU"]}
    found: dict[str, FactDeclaration] = {}
    while True:
        asked = [q.declaration for q in pending(gate.check(facts, roles=["provider"])) if q.name not in found]
        found |= {declaration.name: declaration for declaration in asked}
        lists = [declaration.name for declaration in asked if declaration.type is FactType.SOME_OF]
        if not lists:
            return facts, list(found.values())
        facts |= {name: [] for name in lists}


def _follow_ups(
    gate: Gate, facts: dict[str, object], first: list[FactDeclaration]
) -> Iterator[tuple[str, list[FactDeclaration]]]:
    """Yield answers that raise a few further questions, in words, with those.

    What may be a prohibited practice is left to an interview.
    """
    practices = {pack.practices for pack in gate.packs()}
    for declaration in first:
        if declaration.name in practices:
            continue
        for value in declaration.values or {}:
            is_list = declaration.type is FactType.SOME_OF
            raised = _raised(gate, {**facts, declaration.name: [value] if is_list else value})
            if raised and len(raised) <= _MOST_AT_ONCE:
                yield f"{declaration.name} {'names' if is_list else 'is'} {value}", raised


def _raised(gate: Gate, facts: dict[str, object]) -> list[FactDeclaration]:
    """Return the questions that some facts raise, one after the other, where the answer to each leads on."""
    found: dict[str, FactDeclaration] = {}
    while len(found) <= _MOST_AT_ONCE:
        questions = pending(gate.check(facts, roles=["provider"]), found)
        if not questions:
            break
        for question in questions:
            for declaration in question.claims or (question.declaration,):
                found[declaration.name] = declaration
                facts[declaration.name] = _leading_on(declaration, is_claim=bool(question.claims))
        facts = {name: value for name, value in facts.items() if value is not None}
    return [declaration for declaration in found.values() if not declaration.name.startswith("document.")]


def _leading_on(declaration: FactDeclaration, *, is_claim: bool) -> object:
    """Return the answer to a question that spares least of what may follow; None where there is no such."""
    if declaration.type is FactType.YES_NO:
        return not is_claim
    if declaration.type is FactType.SOME_OF:
        return [*(declaration.values or {})] if declaration.checklist else []
    return next(iter(declaration.values or {}), None) if declaration.type is FactType.ONE_OF else None


def _shown(declaration: FactDeclaration) -> Iterator[str]:
    """Yield a question with its choices as comments, and a line to fill in."""
    yield ""
    yield from (f"  # {line}" for line in wrap(declaration.asks, 100))
    for value, label in (declaration.values or {}).items():
        yield from wrap(f"{value}: {label}", 100, initial_indent="  #   ", subsequent_indent="  #       ")
    yield f"  # {declaration.name}:" + ("    # a list; [] for none" if declaration.type is FactType.SOME_OF else "")
