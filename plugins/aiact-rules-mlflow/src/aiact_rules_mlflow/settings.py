"""Settings: what the gate guards and how it judges, from the environment and from `aiact.toml`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from pathlib import Path

from aiact_rules import Facts, Gate, InputError, Verdict
from aiact_rules.core.facts import NO_FACTS, Fact, Origin
from aiact_rules.core.packs import ROLES
from aiact_rules.core.problems import Place, Problem, did_you_mean
from aiact_rules.core.vocabulary import Vocabulary, parse_date
from aiact_rules.requests.choosing import markets_from_texts
from aiact_rules.sources.organisation import NOBODY, OpenOrganisation, Organisation, look_for_organisation
from aiact_rules.sources.statements import parse_value

from aiact_rules_mlflow.names import PLAIN_ALIAS, folded, is_plain_alias

PREFIX = "AIACT_MLFLOW_"
NAMES = (
    "ALIASES",
    "ARTIFACTS",
    "AS_OF",
    "CONFIG",
    "FAIL_ON",
    "LOG",
    "MARKETS",
    "PACKS",
    "REGISTRATION",
    "ROLES",
    "STAGES",
)
EVERY = "*"
_THRESHOLDS = ("hold", "block")
_NOT_DONE = ("verify",)


class Artifacts(Enum):
    """Whether the documents among a model's artifacts are read."""

    READ = "read"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the gate guards, and what this server says of every release; the rest is in its `aiact.toml`.

    `registration` is the verdict from which a new version is refused (None: versions are registered unjudged), `facts`
    are the server's own, such as its roles, `file` is its `aiact.toml` and `organisation` the settings in that. `log` is
    the address of the decision log (None: there is none).
    """

    aliases: frozenset[str] = frozenset({"champion", "production"})
    stages: frozenset[str] = frozenset({"production"})
    fail_on: str | None = None
    registration: Verdict | None = Verdict.BLOCK
    packs: tuple[str, ...] = ()
    markets: tuple[str, ...] = ()
    artifacts: Artifacts = Artifacts.READ
    as_of: date | None = None
    facts: Facts = NO_FACTS
    file: Path | None = None
    organisation: Organisation = NOBODY
    log: str | None = None

    def guards_alias(self, alias: str) -> bool:
        """Return whether setting this alias is a release, as the least exact database would compare it."""
        return EVERY in self.aliases or folded(alias) in self.aliases

    def guards_stage(self, stage: str) -> bool:
        """Return whether a move to this stage is a release."""
        return EVERY in self.stages or folded(stage) in self.stages


def read_settings(environment: Mapping[str, str] | None = None, folder: Path | None = None) -> Settings:
    """Return the settings; the environment comes before `aiact.toml`. Raises InputError with all problems.

    `aiact.toml` (or `[tool.aiact-rules]`) is the file named by AIACT_MLFLOW_CONFIG, else the nearest from the working
    folder upwards, in its repository or where nobody else may write.
    """
    said = {k: v.strip() for k, v in (os.environ if environment is None else environment).items() if v.strip()}
    return _Reader(said, Path.cwd() if folder is None else folder).read()


def configured_file() -> Path | None:
    """Return the file with settings that the environment names, or None where it names none."""
    named = os.environ.get(PREFIX + "CONFIG", "").strip()
    return Path(named) if named else None


class _Reader:
    def __init__(self, said: Mapping[str, str], folder: Path) -> None:
        self.said = {k.removeprefix(PREFIX): v for k, v in said.items() if k.startswith(PREFIX)}
        self.folder = folder
        self.problems: list[Problem] = []

    def read(self) -> Settings:
        for name in self.said:
            if name not in NAMES:
                known = [PREFIX + each for each in NAMES]
                self.problem(name, "there is no such setting", did_you_mean(PREFIX + name, known))
        file = self.file()
        own = NOBODY if file is None else OpenOrganisation(file).settings
        for key in _NOT_DONE:
            if key in own.settings:
                hint = "set it for the command line, and name another file for the registry in AIACT_MLFLOW_CONFIG"
                self.problems.append(Problem(f"`{key}` is not done by the registry", own.places[key], hint))
        packs = self.texts("PACKS")
        settings = Settings(
            aliases=self.aliases(own),
            stages=frozenset(folded(name) for name in self.texts("STAGES") or Settings().stages),
            fail_on=self.fail_on(own),
            registration=self.registration(),
            packs=packs,
            markets=self.markets(),
            artifacts=self.artifacts(),
            as_of=self.as_of(),
            facts=self.roles(own, Gate(packs=packs or None).vocabulary()),
            file=file,
            organisation=own,
            log=self.log(own),
        )
        if self.problems:
            raise InputError(self.problems)
        return settings

    def file(self) -> Path | None:
        if "CONFIG" in self.said:
            return Path(self.said["CONFIG"])
        # Raises where others may write to the file: to start without it would be to guard other aliases than it names.
        return look_for_organisation(self.folder).file

    def problem(self, name: str, message: str, hint: str | None = None) -> None:
        self.problems.append(Problem(message, Place(PREFIX + name), hint))

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(text.strip() for text in self.said.get(name, "").split(",") if text.strip())

    def aliases(self, own: Organisation) -> frozenset[str]:
        setting, texts, place = own.settings.get("aliases"), self.texts("ALIASES"), Place(PREFIX + "ALIASES")
        if not texts and isinstance(setting, tuple):
            texts, place = setting, own.places["aliases"]
        elif not texts:
            return Settings().aliases
        for alias in texts:
            if alias != EVERY and not is_plain_alias(alias):
                self.problems.append(Problem(f"`{alias}` can be the alias of no model here", place, PLAIN_ALIAS))
        return frozenset(folded(alias) for alias in texts)

    def fail_on(self, own: Organisation) -> str | None:
        word, hint = self.said.get("FAIL_ON"), "a registry that guards cannot only advise"
        if word is not None and word not in _THRESHOLDS:
            self.problem("FAIL_ON", f"expected hold or block, found `{word}`", hint)
        if own.text("fail_on") not in (None, *_THRESHOLDS):
            self.problems.append(Problem("expected hold or block", own.places["fail_on"], hint))
        return word

    def registration(self) -> Verdict | None:
        word = self.said.get("REGISTRATION", "block")
        if word not in ("hold", "block", "never"):
            self.problem("REGISTRATION", f"expected hold, block or never, found `{word}`")
        return None if word not in ("hold", "block") else Verdict(word)

    def artifacts(self) -> Artifacts:
        word = self.said.get("ARTIFACTS", "read")
        try:
            return Artifacts(word)
        except ValueError:
            self.problem("ARTIFACTS", f"expected read or ignore, found `{word}`")
            return Artifacts.READ

    def log(self, own: Organisation) -> str | None:
        """Return the address of the decision log; a path in the file is meant from the file's folder."""
        said, in_file = self.said.get("LOG"), own.text("log")
        if said is not None or in_file is None:
            return said
        return in_file if "://" in in_file else str((own.folder or self.folder) / in_file)

    def as_of(self) -> date | None:
        if "AS_OF" not in self.said:
            return None
        try:
            return parse_date(self.said["AS_OF"])
        except ValueError as error:
            self.problem("AS_OF", str(error))
            return None

    def markets(self) -> tuple[str, ...]:
        try:
            return tuple(
                choice.value for choice in markets_from_texts(self.texts("MARKETS"), Place(PREFIX + "MARKETS"))
            )
        except InputError as error:
            self.problems.extend(error.problems)
            return ()

    def roles(self, own: Organisation, vocabulary: Vocabulary) -> Facts:
        """Return the roles as a fact, so that a release that states others is refused and does not win."""
        texts, place = self.texts("ROLES"), Place(PREFIX + "ROLES")
        for choice in () if texts else own.choices("roles"):
            texts, place = (*texts, choice.value), choice.place
        if not texts:
            return NO_FACTS
        try:
            return Facts.of([Fact(ROLES, parse_value(vocabulary[ROLES], texts), Origin(place))])
        except ValueError as error:
            self.problems.append(Problem(str(error), place))
            return NO_FACTS
