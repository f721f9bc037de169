"""Guide: the commands in groups, each with one line on what it does and examples of how it is called.

`--help`, the man page and the tests read it. It imports nothing, so that help is there at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Listed:
    """One command: what it does, in one line, and examples as they are typed."""

    summary: str
    examples: tuple[str, ...]


GROUPS: Mapping[str, Mapping[str, Listed]] = {
    "Check a release": {
        "check": Listed(
            "Judge model cards, release files, or folders of them.",
            (
                "aiact-rules check examples/cv-screening",
                "aiact-rules check --tree models --format sarif --output report.sarif",
                "aiact-rules check aiact.yaml --role deployer --release-date 2027-12-15",
            ),
        ),
        "card": Listed(
            "Write the result into the card of a release, or refresh it.",
            (
                "aiact-rules card README.md",
                "aiact-rules card models/screener --check",
            ),
        ),
        "baseline": Listed(
            "Record what is unmet today, so that only what is new fails.",
            (
                "aiact-rules baseline baseline.json models/ranker",
                "aiact-rules baseline baseline.json aiact.yaml --as-of 2026-11-22",
            ),
        ),
        "sweep": Listed(
            "Judge every row of a table, or every release below a folder.",
            (
                "aiact-rules sweep init registry.parquet --output map.yaml",
                "aiact-rules sweep registry.parquet --map map.yaml",
            ),
        ),
        "timeline": Listed(
            "Show how the verdict changes from date to date.",
            (
                "aiact-rules timeline examples/cv-screening",
                "aiact-rules timeline examples/cv-screening --format json",
            ),
        ),
        "history": Listed(
            "Judge a release by every text of the Act since 2021.",
            (
                "aiact-rules history examples/cv-screening",
                "aiact-rules history examples/cv-screening --role provider",
            ),
        ),
    },
    "Understand": {
        "explain": Listed(
            "Show why an answer is what it is, or what a rule says.",
            (
                "aiact-rules explain art9.1.established examples/cv-screening",
                'aiact-rules explain "Art. 9" examples/cv-screening',
                "aiact-rules explain verdict examples/cv-screening",
                "aiact-rules explain art50.2.machine_readable",
            ),
        ),
        "questions": Listed(
            "List the open questions of a release by impact.",
            (
                "aiact-rules questions examples/cv-screening",
                "aiact-rules questions aiact.yaml --market EU --market KR",
            ),
        ),
        "facts": Listed(
            "List every fact read from a release, with file and line.",
            (
                "aiact-rules facts examples/cv-screening",
                "aiact-rules facts README.md --facts bom.json",
            ),
        ),
        "vocabulary": Listed(
            "List the facts that can be stated, with their questions.",
            (
                "aiact-rules vocabulary 'system.*'",
                "aiact-rules vocabulary model.training_compute --format json",
            ),
        ),
        "document": Listed(
            "Write the pages of a pack as Markdown, one for each article.",
            (
                "aiact-rules document eu_ai_act",
                "aiact-rules document eu_ai_act art-9",
            ),
        ),
        "packs": Listed(
            "List the installed packs, with law and market.",
            (
                "aiact-rules packs",
                "aiact-rules packs --format json",
            ),
        ),
    },
    "Prepare": {
        "init": Listed(
            "Write a commented release file to fill in.",
            (
                "aiact-rules init",
                "aiact-rules init models/ranker/aiact.yaml --force",
            ),
        ),
        "ask": Listed(
            "Answer what decides the verdict, question by question.",
            (
                "aiact-rules ask",
                "aiact-rules ask models/ranker --market EU --market KR",
            ),
        ),
        "plan": Listed(
            "List the documents and acts that are left to do.",
            (
                "aiact-rules plan examples/cv-screening",
                "aiact-rules plan examples/cv-screening --format markdown --output plan.md",
            ),
        ),
        "schema": Listed(
            "Print the JSON Schema of a kind of file, for editors.",
            (
                "aiact-rules schema release > release.schema.json",
                "aiact-rules schema config",
            ),
        ),
    },
    "Operate": {
        "log": Listed(
            "Verify, show, export or archive a decision log.",
            (
                "aiact-rules log verify decisions.sqlite",
                "aiact-rules log show decisions.sqlite --entry 0",
            ),
        ),
        "replay": Listed(
            "Decide again from a log or a decision in JSON.",
            (
                "aiact-rules replay decisions.sqlite",
                "aiact-rules replay decision.json",
            ),
        ),
        "hub": Listed(
            "Judge a Hugging Face model repository, as a comment.",
            (
                "aiact-rules hub examples/open-llm",
                "aiact-rules hub --write --output comment.md",
            ),
        ),
        "run": Listed(
            "Start a command only where its release may go ahead.",
            (
                "aiact-rules run --release examples/minimal -- vllm serve MODEL",
                "aiact-rules run --release /models/scorer",
            ),
        ),
        "git-hook": Listed(
            "Refuse pushes that release what may not be released.",
            (
                "aiact-rules git-hook install src --branch main --stage prod",
                "aiact-rules git-hook update REF OLD NEW",
            ),
        ),
        "export": Listed(
            "Write a decision in a format of other tools.",
            (
                "aiact-rules export examples/minimal --format oscal --output results.json",
                "aiact-rules export --tree models --rego-data bundle",
            ),
        ),
        "attest": Listed(
            "Sign what was decided about an artefact.",
            (
                "aiact-rules attest models/ranker --artifact model.bin --key key.pem --output model.dsse.json",
                "aiact-rules attest --decision decisions.sqlite --key key.pem",
            ),
        ),
        "verify": Listed(
            "Verify a signed statement about an artefact.",
            (
                "aiact-rules verify model.dsse.json --artifact model.bin --key key.pub",
                "aiact-rules verify model.dsse.json --artifact model.bin --key key.pub --max-age 30 --replay",
            ),
        ),
        "serve": Listed(
            "Answer other software over HTTP whether releases may go.",
            (
                "aiact-rules serve --db decisions.sqlite",
                "aiact-rules serve --host 0.0.0.0 --tokens tokens.toml --db postgresql://gate@db/gate",
                "aiact-rules serve --check",
            ),
        ),
        "plugins": Listed(
            "List the installed plugins and what they offer.",
            (
                "aiact-rules plugins",
                "AIACT_RULES_TRACEBACK=1 aiact-rules plugins",
            ),
        ),
        "completion": Listed(
            "Print the completion script for a shell.",
            (
                'eval "$(aiact-rules completion bash)"',
                "aiact-rules completion fish > ~/.config/fish/completions/aiact-rules.fish",
            ),
        ),
        "man": Listed(
            "Print the man page.",
            (
                "aiact-rules man > ~/.local/share/man/man1/aiact-rules.1",
                "aiact-rules man | man -l -",
            ),
        ),
    },
    "Write packs": {
        "test": Listed(
            "Run the cases of packs.",
            (
                "aiact-rules test",
                "aiact-rules test specs/eu_ai_act/2024-1689 --gaps",
            ),
        ),
        "coverage": Listed(
            "Show how each paragraph of a pack's law is covered.",
            (
                "aiact-rules coverage eu_ai_act",
                "aiact-rules coverage kr_ai_basic_act",
            ),
        ),
        "diff": Listed(
            "Compare two packs, or a pack on two dates.",
            (
                "aiact-rules diff eu_ai_act@2026-01-01 eu_ai_act@2026-11-22",
                "aiact-rules diff eu_ai_act_com21 eu_ai_act",
            ),
        ),
        "prove": Listed(
            "Prove what must hold of packs, or find facts that refute it.",
            (
                "aiact-rules prove eu_ai_act",
                "aiact-rules prove",
            ),
        ),
        "perturb": Listed(
            "Change each answer of complete records; list what stays green.",
            (
                "aiact-rules perturb tests",
                "aiact-rules perturb tests src",
            ),
        ),
        "new-plugin": Listed(
            "Write the skeleton of a plugin for a jurisdiction.",
            (
                "aiact-rules new-plugin JP",
                "aiact-rules new-plugin US-CO",
            ),
        ),
    },
}


def listed() -> Iterator[tuple[str, Listed]]:
    """Yield every command by its name, in the order of the groups."""
    for group in GROUPS.values():
        yield from group.items()


def examples_of(name: str) -> str | None:
    """Return the examples of a command as they stand at the end of its help, or None where it has none."""
    found = next((each for known, each in listed() if known == name), None)
    if found is None:
        return None
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in found.examples)
