"""Settings: what the gate guards and how it judges, from the environment and from `aiact.toml`."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from pathlib import Path

from aiact_rules.core.facts import Fact, Facts, Origin
from aiact_rules.core.packs import MARKETS, ROLES
from aiact_rules.core.problems import InputError, Place, Problem, did_you_mean
from aiact_rules.core.statuses import Verdict
from aiact_rules.core.vocabulary import Vocabulary, parse_date
from aiact_rules.gate import DEFAULT_ENGINE, DEFAULT_PACK, Gate
from aiact_rules.sources.organisation import (
    NOBODY,
    SHARED_FILE,
    Organisation,
    find_organisation_file,
    read_organisation,
)
from aiact_rules.sources.statements import parse_value
from aiact_rules.sources.text_files import read_text

from aiact_rules_mlflow.names import PLAIN_ALIAS, folded, is_plain_alias

PREFIX = "AIACT_MLFLOW_"
NAMES = (
    "ALIASES",
    "ARTIFACTS",
    "AS_OF",
    "CONFIG",
    "FAIL_ON",
    "MARKETS",
    "PACKS",
    "REGISTRATION",
    "ROLES",
    "STAGES",
)
EVERY = "*"


class Artifacts(Enum):
    """Whether the documents among a model's artifacts are read."""

    READ = "read"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the gate guards and how it judges.

    `fail_on` is the verdict from which a guarded alias or stage is refused, `registration` that from which a new
    version is (None: versions are registered unjudged). `facts` are the server's own, such as its roles.
    """

    aliases: frozenset[str] = frozenset({"champion", "production"})
    stages: frozenset[str] = frozenset({"production"})
    fail_on: Verdict = Verdict.HOLD
    registration: Verdict | None = Verdict.BLOCK
    packs: tuple[str, ...] = (DEFAULT_PACK,)
    engine: str = DEFAULT_ENGINE
    readings: Mapping[str, str] = field(default_factory=dict)
    artifacts: Artifacts = Artifacts.READ
    as_of: date | None = None
    facts: Facts = field(default_factory=lambda: Facts({}))
    organisation: Organisation = NOBODY

    def guards_alias(self, alias: str) -> bool:
        """Return whether setting this alias is a release, as the least exact database would compare it."""
        return EVERY in self.aliases or folded(alias) in self.aliases

    def guards_stage(self, stage: str) -> bool:
        """Return whether a move to this stage is a release."""
        return EVERY in self.stages or folded(stage) in self.stages


def read_settings(environment: Mapping[str, str] | None = None, folder: Path | None = None) -> Settings:
    """Read the settings; the environment comes before `aiact.toml`. Raises InputError with all problems.

    `aiact.toml` (or `[tool.aiact-rules]`) is the file named by AIACT_MLFLOW_CONFIG, else the nearest from the working
    folder upwards.
    """
    said = {k: v.strip() for k, v in (os.environ if environment is None else environment).items() if v.strip()}
    return _Reader(said, Path.cwd() if folder is None else folder).read()


class _Reader:
    def __init__(self, said: Mapping[str, str], folder: Path) -> None:
        self.said = {k.removeprefix(PREFIX): v for k, v in said.items() if k.startswith(PREFIX)}
        self.folder = folder
        self.problems: list[Problem] = []

    def read(self) -> Settings:
        for name in self.said:
            if name not in NAMES:
                self.problem(name, "there is no such setting", did_you_mean(name, NAMES))
        file = Path(self.said["CONFIG"]) if "CONFIG" in self.said else find_organisation_file(self.folder)
        packs = self.texts("PACKS") or self.packs_of(file)
        vocabulary = Gate(packs=packs).vocabulary()
        own = NOBODY if file is None else read_organisation(file, vocabulary)
        if own.settings.get("verify"):
            self.problems.append(
                Problem("`verify` is not done by the registry", own.places["verify"], "set it for the command line")
            )
        usual = Settings()
        engine, readings = own.settings.get("engine"), own.settings.get("readings")
        settings = Settings(
            aliases=self.aliases(own),
            stages=frozenset(folded(name) for name in self.texts("STAGES") or usual.stages),
            fail_on=self.fail_on(own),
            registration=self.registration(),
            packs=packs,
            engine=engine if isinstance(engine, str) else usual.engine,
            readings=readings if isinstance(readings, Mapping) else {},
            artifacts=self.artifacts(),
            as_of=self.as_of(),
            facts=self.facts(own, vocabulary),
            organisation=own,
        )
        if self.problems:
            raise InputError(self.problems)
        return settings

    def problem(self, name: str, message: str, hint: str | None = None) -> None:
        self.problems.append(Problem(message, Place(PREFIX + name), hint))

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(text.strip() for text in self.said.get(name, "").split(",") if text.strip())

    def packs_of(self, file: Path | None) -> tuple[str, ...]:
        """Give the packs that `aiact.toml` names; the rest of it is read with their vocabulary."""
        if file is None:
            return (DEFAULT_PACK,)
        try:
            values = tomllib.loads(read_text(file, guess_encoding=False).text)
        except tomllib.TOMLDecodeError as error:
            raise InputError([Problem(f"not readable as TOML: {error}", Place(str(file)))]) from error
        table = values.get("tool", {}).get("aiact-rules", {}) if file.name == SHARED_FILE else values
        named = table.get("packs", DEFAULT_PACK)
        return (named,) if isinstance(named, str) else tuple(str(each) for each in named)

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

    def fail_on(self, own: Organisation) -> Verdict:
        setting = own.settings.get("fail_on")
        word = self.said.get("FAIL_ON") or (setting if isinstance(setting, str) else "hold")
        if word not in ("hold", "block"):
            self.problem(
                "FAIL_ON", f"expected hold or block, found `{word}`", "a registry that guards cannot only advise"
            )
            return Verdict.HOLD
        return Verdict(word)

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

    def as_of(self) -> date | None:
        if "AS_OF" not in self.said:
            return None
        try:
            return parse_date(self.said["AS_OF"])
        except ValueError as error:
            self.problem("AS_OF", str(error))
            return None

    def facts(self, own: Organisation, vocabulary: Vocabulary) -> Facts:
        found = []
        for name, fact in (("ROLES", ROLES), ("MARKETS", MARKETS)):
            setting = own.settings.get(name.lower())
            texts, place = self.texts(name), Place(PREFIX + name)
            if not texts and isinstance(setting, tuple):
                texts, place = setting, own.places[name.lower()]
            if not texts:
                continue
            try:
                found.append(Fact(fact, parse_value(vocabulary[fact], texts), Origin(place)))
            except ValueError as error:
                self.problems.append(Problem(str(error), place))
        return Facts.of(found)
