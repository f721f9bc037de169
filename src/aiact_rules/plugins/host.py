"""Plugins: find them, load them, ask them. Whatever goes wrong stops the gate with the plugin's name and version."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, TypeVar, cast

import pluggy

from aiact_rules.core.decisions import Decision
from aiact_rules.core.problems import PluginError, Problem, did_you_mean
from aiact_rules.plugins import hookspecs
from aiact_rules.plugins.distributions import may_offer
from aiact_rules.plugins.guarded import Guard, GuardedEngine, GuardedReport, GuardedSource
from aiact_rules.plugins.interfaces import Engine, PackLocation, Reader, Report, Source

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from aiact_rules.plugins.guarded_readers import GuardedReader

Offer = TypeVar("Offer")
Guarded = TypeVar("Guarded")

ENTRY_POINT_GROUP = "aiact_rules"
_PREFIX = "aiact_rules_"


@dataclass(frozen=True, slots=True)
class PluginInfo:
    """A loaded plugin: the name it is registered under and the distribution it came in."""

    name: str
    distribution: str
    version: str

    def __str__(self) -> str:
        return f"plugin {self.distribution} {self.version}"


class PluginHost:
    """The loaded plugins, each hook as a typed method."""

    def __init__(self) -> None:
        self._manager = pluggy.PluginManager(hookspecs.PROJECT)
        self._manager.add_hookspecs(hookspecs)
        self._infos: dict[str, PluginInfo] = {}
        self._guards: dict[str, Guard] = {}

    @classmethod
    def with_installed_plugins(cls) -> PluginHost:
        """Load every installed plugin.

        Raises PluginError, with the plugin's name and version, for one that fails to load, has a misspelt hook or is
        registered twice.
        """
        host = cls()
        if not may_offer(ENTRY_POINT_GROUP):
            return host
        from importlib.metadata import entry_points  # slow to import: only where there is something to find

        for entry_point in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda e: (e.name, e.value)):
            host.load(entry_point)
        return host

    @property
    def infos(self) -> tuple[PluginInfo, ...]:
        """The loaded plugins, by name."""
        return tuple(self._infos[name] for name in sorted(self._infos))

    def load(self, entry_point: EntryPoint) -> None:
        """Load one entry point. Raises PluginError where it cannot be used."""
        distribution = entry_point.dist
        info = PluginInfo(
            entry_point.name,
            distribution.name if distribution is not None else entry_point.name,
            distribution.version if distribution is not None else "unknown version",
        )
        with Guard(str(info)).running("failed to load"):
            plugin = entry_point.load()
        self.register(plugin, info)

    def register(self, plugin: ModuleType | object, info: PluginInfo) -> None:
        """Register a plugin that is already imported. Raises PluginError where a hook is misspelt or the name is taken."""
        if info.name in self._infos:
            raise PluginError(
                [
                    Problem(
                        f"{info}: the name `{info.name}` is already taken by {self._infos[info.name]}",
                        hint="uninstall one of the two",
                    )
                ]
            )
        guard = Guard(str(info))
        with guard.running("cannot be registered"):
            problems = list(_hook_problems(plugin, info))
        if problems:
            raise PluginError(problems)
        with guard.running("cannot be registered"):
            self._manager.register(plugin, name=info.name)
            self._manager.check_pending()
        self._infos[info.name] = info
        self._guards[info.name] = guard

    def offered_packs(self) -> tuple[tuple[PluginInfo, PackLocation], ...]:
        """Ask every plugin for its packs."""

        def located(offer: PackLocation, guard: Guard) -> PackLocation:
            with guard.running("offers a pack without a folder"):
                return PackLocation(Path(os.fspath(offer.folder)), guard.plugin)

        return self._offers("aiact_rules_offer_packs", PackLocation, "a PackLocation", located)

    def offered_sources(self) -> tuple[tuple[PluginInfo, GuardedSource], ...]:
        """Ask every plugin for its sources."""
        return self._offers("aiact_rules_offer_sources", Source, "a Source", GuardedSource)

    def offered_engines(self) -> tuple[tuple[PluginInfo, GuardedEngine], ...]:
        """Ask every plugin for its engines."""
        return self._offers("aiact_rules_offer_engines", Engine, "an Engine", GuardedEngine)

    def offered_reports(self) -> tuple[tuple[PluginInfo, GuardedReport], ...]:
        """Ask every plugin for its reports."""
        return self._offers("aiact_rules_offer_reports", Report, "a Report", GuardedReport)

    def offered_readers(self) -> tuple[tuple[PluginInfo, GuardedReader], ...]:
        """Ask every plugin for its readers."""

        def guarded(offer: Reader, guard: Guard) -> GuardedReader:
            from aiact_rules.plugins.guarded_readers import GuardedReader  # most platforms bring no reader

            return GuardedReader(offer, guard)

        return self._offers("aiact_rules_offer_readers", Reader, "a Reader", guarded)

    def decided(self, decision: Decision) -> None:
        """Tell every plugin of a decision, each by a copy of its own. Raises PluginError where one fails."""
        for info in self.infos:
            caller = self._caller("aiact_rules_decided", info)
            if not caller.get_hookimpls():
                continue
            guard = self._guards[info.name]
            own = guard.copy(decision)
            with guard.running("failed to take note of the decision"):
                caller(decision=own)

    def _caller(self, hook: str, info: PluginInfo) -> pluggy.HookCaller:
        """Return a hook that reaches one plugin only, so that what goes wrong has a name."""
        others = [plugin for name, plugin in self._manager.list_name_plugin() if name != info.name]
        return self._manager.subset_hook_caller(hook, others)

    def _offers(
        self, hook: str, kind: type, words: str, guarded: Callable[[Offer, Guard], Guarded]
    ) -> tuple[tuple[PluginInfo, Guarded], ...]:
        found: list[tuple[PluginInfo, Guarded]] = []
        for info in self.infos:
            guard = self._guards[info.name]
            with guard.running(f"failed in `{hook}`"):
                answers: Iterable[Iterable[object]] = self._caller(hook, info)()
                offers = [offer for answer in answers if answer is not None for offer in answer]
                fitting = cast(list[Offer], [offer for offer in offers if isinstance(offer, kind)])
            if len(fitting) < len(offers):
                raise PluginError([Problem(f"{info}: `{hook}` offers something that is not {words}")])
            found += [(info, guarded(offer, guard)) for offer in fitting]
        return tuple(found)


def _hook_problems(plugin: ModuleType | object, info: PluginInfo) -> Iterator[Problem]:
    known = [name for name in vars(hookspecs) if name.startswith(_PREFIX)]
    for name in dir(plugin):
        if not name.startswith(_PREFIX):
            continue
        if name not in known:
            yield Problem(f"{info}: there is no hook `{name}`", hint=did_you_mean(name, known))
        elif not hasattr(getattr(plugin, name), f"{hookspecs.PROJECT}_impl"):
            yield Problem(f"{info}: `{name}` is not marked as a hook", hint="put `@hookimpl` above it")
