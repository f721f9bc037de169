"""Catalogue: the packs, sources, readers, engines and reports to choose from, by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, TypeVar

from aiact_rules.bundled import bundled_packs
from aiact_rules.catalogue.cached_packs import cached_heads, cached_pack
from aiact_rules.core.packs import Pack
from aiact_rules.core.problems import PackError, PluginError, Problem, did_you_mean
from aiact_rules.engines.built_in import BUILT_IN
from aiact_rules.plugins.host import PluginHost, PluginInfo
from aiact_rules.plugins.interfaces import OWN, Engine, PackLocation, Report, Source
from aiact_rules.specfiles.extensions import merge_packs
from aiact_rules.specfiles.pack_head import PackHead

if TYPE_CHECKING:
    from aiact_rules.plugins.guarded_readers import GuardedReader


class _Named(Protocol):
    @property
    def name(self) -> str: ...


Offer = TypeVar("Offer", bound=_Named)


class Catalogue:
    """Everything on offer, built in or from plugins. Nothing heavy is loaded before it is asked for."""

    def __init__(self, host: PluginHost) -> None:
        self.host = host
        self._packs: dict[str, Pack] = {}

    @classmethod
    def of_installed_plugins(cls) -> Catalogue:
        """Build the catalogue from this distribution and every installed plugin. Raises PluginError where one fails."""
        return cls(PluginHost.with_installed_plugins())

    @cached_property
    def heads(self) -> Mapping[str, PackHead]:
        """The packs on offer by id, without their rules. Raises PluginError where two have the same id."""
        found: dict[str, PackHead] = {}
        locations = [PackLocation(folder) for folder in bundled_packs()]
        locations += [PackLocation(offer.folder, str(info)) for info, offer in self.host.offered_packs()]
        for head in cached_heads((location.folder, location.offered_by) for location in locations):
            other = found.setdefault(head.id, head)
            if other is not head:
                raise PluginError(
                    [
                        Problem(
                            f"{head.offered_by}: pack `{head.id}` is already offered by {other.offered_by}",
                            hint="uninstall one of the two",
                        )
                    ]
                )
        return found

    def packs(self, pack_ids: Iterable[str]) -> tuple[Pack, ...]:
        """Return packs in the order asked for, each extension worked into the pack it extends.

        A pack that is extended is there even where only its extension was named. Raises PackError where one is unknown
        or cannot be read, or where an extension would change the law it extends.
        """
        found: dict[str, Pack] = {}
        extensions: list[Pack] = []
        for pack_id in pack_ids:
            pack = self.pack(pack_id)
            if pack.extends:
                extensions.append(pack)
            for name in pack.extends or (pack_id,):
                found.setdefault(name, self.pack(name))
        for extension in extensions:
            with named(self.head(extension.id)):
                for name in extension.extends:
                    found[name] = merge_packs(found[name], extension)
        return tuple(found.values())

    def head(self, pack_id: str) -> PackHead:
        """Return the head of a pack by id. Raises PackError where it is unknown."""
        head = self.heads.get(pack_id)
        if head is None:
            hint = did_you_mean(pack_id, self.heads) or f"choose from {', '.join(sorted(self.heads))}"
            raise PackError([Problem(f"there is no pack `{pack_id}`", hint=hint)])
        return head

    def pack(self, pack_id: str) -> Pack:
        """Return a pack as it stands by itself. Raises PackError where it is unknown or cannot be read."""
        if pack_id not in self._packs:
            head = self.head(pack_id)
            with named(head):
                self._packs[pack_id] = cached_pack(head, {law.id: law for law in self.laws(head)})
        return self._packs[pack_id]

    def laws(self, head: PackHead) -> tuple[Pack, ...]:
        """Return the packs that one extends. Raises PackError where one is unknown, or an extension itself."""
        for name in head.extends:
            if self.head(name).extends:
                problem = f"pack `{head.id}` extends `{name}`, which is an extension itself"
                raise PackError([Problem(problem, hint="extend the law")])
        return tuple(self.pack(name) for name in head.extends)

    def packs_for(self, markets: Iterable[str]) -> tuple[str, ...]:
        """Return the ids of the packs that gate in these markets, sorted. Raises PackError for a market none covers."""
        found: list[str] = []
        for market in markets:
            ids = [i.id for i in self.heads.values() if i.market == market and i.gates]
            if not ids:
                covered = sorted({i.market for i in self.heads.values() if i.gates})
                hint = did_you_mean(market, covered) or f"covered are {', '.join(covered)}"
                raise PackError([Problem(f"no installed pack covers the market `{market}`", hint=hint)])
            found += ids
        return tuple(sorted(set(found)))

    @cached_property
    def engines(self) -> Mapping[str, Engine]:
        """The engines by name."""
        return _by_name(BUILT_IN, self.host.offered_engines(), "engine")

    @cached_property
    def sources(self) -> Mapping[str, Source]:
        """The sources of plugins by name; the built-in ones are found by `aiact_rules.sources.discovery`."""
        return _by_name([], self.host.offered_sources(), "source")

    @cached_property
    def readers(self) -> Mapping[str, GuardedReader]:
        """The readers of plugins by name; there is none of our own."""
        return _by_name([], self.host.offered_readers(), "reader")

    @cached_property
    def reports(self) -> Mapping[str, Report]:
        """The reports by name."""
        from aiact_rules.reports.built_in import BUILT_IN

        return _by_name(BUILT_IN, self.host.offered_reports(), "report")

    def engine(self, name: str) -> Engine:
        """Return an engine by name. Raises PackError for an unknown one."""
        return _chosen(self.engines, name, "engine")

    def report(self, name: str) -> Report:
        """Return a report by name. Raises PackError for an unknown one."""
        return _chosen(self.reports, name, "report")


@contextmanager
def named(head: PackHead) -> Iterator[None]:
    """Name the pack and the plugin that offers it in whatever is wrong with a pack that is not of this distribution."""
    try:
        yield
    except (PackError, OSError) as error:
        problems = error.problems if isinstance(error, PackError) else (Problem(str(error)),)
        first = Problem(f"{head.offered_by}: pack `{head.id}` cannot be used")
        if head.offered_by == OWN or first in problems:
            raise
        raise PackError([first, *problems]) from error


def _by_name(built_in: Iterable[Offer], offered: Iterable[tuple[PluginInfo, Offer]], kind: str) -> Mapping[str, Offer]:
    found = {offer.name: offer for offer in built_in}
    for info, offer in offered:
        if offer.name in found:
            raise PluginError([Problem(f"{info}: there is already a {kind} named `{offer.name}`")])
        found[offer.name] = offer
    return found


def _chosen(offers: Mapping[str, Offer], name: str, kind: str) -> Offer:
    if name not in offers:
        hint = did_you_mean(name, offers) or f"choose from {', '.join(sorted(offers))}"
        raise PackError([Problem(f"there is no {kind} `{name}`", hint=hint)])
    return offers[name]
