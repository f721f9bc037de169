"""Plugins: find them, load them, ask them. Whatever goes wrong stops the gate with the plugin's name and version."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, TypeVar

import pluggy

from aiact_rules.core.decisions import Decision
from aiact_rules.core.problems import PluginError, Problem, did_you_mean
from aiact_rules.plugins import hookspecs
from aiact_rules.plugins.distributions import may_offer
from aiact_rules.plugins.interfaces import Engine, PackLocation, Report, Source

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

Offer = TypeVar("Offer")

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
        try:
            plugin = entry_point.load()
        except Exception as error:
            raise _failed(info, "failed to load", error) from error
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
        known = [name for name in vars(hookspecs) if name.startswith(_PREFIX)]
        problems = []
        for name in dir(plugin):
            if not name.startswith(_PREFIX):
                continue
            if name not in known:
                problems.append(Problem(f"{info}: there is no hook `{name}`", hint=did_you_mean(name, known)))
            elif not hasattr(getattr(plugin, name), f"{hookspecs.PROJECT}_impl"):
                problems.append(Problem(f"{info}: `{name}` is not marked as a hook", hint="put `@hookimpl` above it"))
        if problems:
            raise PluginError(problems)
        try:
            self._manager.register(plugin, name=info.name)
            self._manager.check_pending()
        except Exception as error:
            raise _failed(info, "cannot be registered", error) from error
        self._infos[info.name] = info

    def offered_packs(self) -> tuple[tuple[PluginInfo, PackLocation], ...]:
        """Ask every plugin for its packs."""
        return self._offers("aiact_rules_offer_packs", lambda offer: isinstance(offer, PackLocation), "a PackLocation")

    def offered_sources(self) -> tuple[tuple[PluginInfo, Source], ...]:
        """Ask every plugin for its sources."""
        return self._offers("aiact_rules_offer_sources", lambda offer: isinstance(offer, Source), "a Source")

    def offered_engines(self) -> tuple[tuple[PluginInfo, Engine], ...]:
        """Ask every plugin for its engines."""
        return self._offers("aiact_rules_offer_engines", lambda offer: isinstance(offer, Engine), "an Engine")

    def offered_reports(self) -> tuple[tuple[PluginInfo, Report], ...]:
        """Ask every plugin for its reports."""
        return self._offers("aiact_rules_offer_reports", lambda offer: isinstance(offer, Report), "a Report")

    def decided(self, decision: Decision) -> None:
        """Tell every plugin of a decision. Raises PluginError where one fails."""
        for info in self.infos:
            try:
                self._caller("aiact_rules_decided", info)(decision=decision)
            except Exception as error:
                raise _failed(info, "failed to take note of the decision", error) from error

    def _caller(self, hook: str, info: PluginInfo) -> pluggy.HookCaller:
        """Give a hook that reaches one plugin only, so that what goes wrong has a name."""
        others = [plugin for name, plugin in self._manager.list_name_plugin() if name != info.name]
        return self._manager.subset_hook_caller(hook, others)

    def _offers(self, hook: str, fits: Callable[[object], bool], kind: str) -> tuple[tuple[PluginInfo, Offer], ...]:
        found: list[tuple[PluginInfo, Offer]] = []
        for info in self.infos:
            try:
                answers: Iterable[Iterable[Offer]] = self._caller(hook, info)()
                offers = [offer for answer in answers if answer is not None for offer in answer]
            except Exception as error:
                raise _failed(info, f"failed in `{hook}`", error) from error
            for offer in offers:
                if not fits(offer):
                    raise PluginError([Problem(f"{info}: `{hook}` offers something that is not {kind}")])
                found.append((info, offer))
        return tuple(found)


def _failed(info: PluginInfo, what: str, error: Exception) -> PluginError:
    return PluginError(
        [Problem(f"{info}: {what}, so no release can be allowed", hint=f"{type(error).__name__}: {error}")]
    )
