"""Known words: what options and arguments take, from what is installed, for help and for completion.

Help names formats, roles, steps, markets, packs and engines from the heads of packs alone, so that it is there at once;
completion loads the packs that facts, rules and readings stand in. What is unknown is refused by whoever reads it, with
the nearest word and the place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from aiact_rules.core.problems import ProblemsError

if TYPE_CHECKING:
    from aiact_rules.catalogue.catalogue import Catalogue
    from aiact_rules.core.packs import Pack

Words = Callable[[], Iterable[str]]
Complete = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]

_MOST_SHOWN = 200


@cache
def _catalogue() -> Catalogue:
    from aiact_rules.catalogue.catalogue import Catalogue

    return Catalogue.of_installed_plugins()


def formats() -> Iterable[str]:
    """Return the formats of `check`."""
    return _catalogue().reports


def engines() -> Iterable[str]:
    """Return the engines."""
    return _catalogue().engines


def packs() -> Iterable[str]:
    """Return the ids of the installed packs."""
    return sorted(_catalogue().heads)


def markets() -> Iterable[str]:
    """Return the markets that an installed pack which gates covers."""
    return sorted({head.market for head in _catalogue().heads.values() if head.gates})


def roles() -> Iterable[str]:
    """Return the roles that installed packs know, those of the EU AI Act first."""
    return dict.fromkeys(name for head in _catalogue().heads.values() for name in head.roles)


def moments() -> Iterable[str]:
    """Return the steps and events that installed packs know, those of the EU AI Act first."""
    return dict.fromkeys(name for head in _catalogue().heads.values() for name in head.moments)


class KnownOption(click.Option):
    """An option whose words are named in help and completed."""

    def __init__(self, *args: Any, words: Words, **more: Any) -> None:
        super().__init__(*args, shell_complete=completing(words), **more)
        self.words = words

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the help with the known words; without them where a plugin fails, which the command will say."""
        record = super().get_help_record(ctx)
        with suppress(ProblemsError):
            if record is not None and (known := ", ".join(self.words())):
                return record[0], f"{record[1]} Known: {known}."
        return record


def known_option(*names: str, words: Words, **more: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return an option whose words are named in help and completed."""
    return click.option(*names, cls=KnownOption, words=words, **more)


def completing(words: Words) -> Complete:
    """Return a completion of words, which never fails: a shell has nowhere to say why."""

    def complete(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
        with suppress(ProblemsError, OSError):
            return [CompletionItem(word) for word in words() if word.startswith(incomplete)]
        return []

    return complete


def complete_facts(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete `FACT=VALUE`: the name of a fact with its question, and then its values."""
    name, equals, value = incomplete.partition("=")
    found: list[CompletionItem] = []
    with suppress(ProblemsError, OSError):
        for pack in _chosen_packs(ctx):
            for declaration in pack.vocabulary.declarations.values():
                if not equals and declaration.name.startswith(name):
                    found.append(CompletionItem(f"{declaration.name}=", help=declaration.asks))
                elif equals and declaration.name == name:
                    words = declaration.values or ({"yes": "", "no": ""} if declaration.type.value == "yes_no" else {})
                    found += [
                        CompletionItem(f"{name}={word}", help=words[word]) for word in words if word.startswith(value)
                    ]
    return _first(found)


def complete_fact_names(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the name of a fact."""
    with suppress(ProblemsError, OSError):
        facts = (d for pack in _chosen_packs(ctx) for d in pack.vocabulary.declarations.values())
        return _first(CompletionItem(d.name, help=d.asks) for d in facts if d.name.startswith(incomplete))
    return []


def complete_names(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete what `explain` takes: `verdict`, the ids of findings and rules, conclusions and readings."""
    with suppress(ProblemsError, OSError):
        named = {"verdict": "the answers that would lead to allow"}
        for pack in _chosen_packs(ctx):
            named |= {o.id: o.must for o in pack.obligations.values()}
            named |= {rule.id: rule.reason for rule in pack.rules.values()}
            named |= {rule.concludes: "" for rule in pack.rules.values() if rule.concludes is not None}
            named |= {reading.id: reading.question for reading in pack.readings.values()}
        return _first(CompletionItem(name, help=says) for name, says in named.items() if name.startswith(incomplete))
    return []


def complete_readings(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete `ID=CHOICE`."""
    with suppress(ProblemsError, OSError):
        readings = (reading for pack in _chosen_packs(ctx) for reading in pack.readings.values())
        named = {f"{each.id}={choice}": says for each in readings for choice, says in each.choices.items()}
        return _first(CompletionItem(name, help=says) for name, says in named.items() if name.startswith(incomplete))
    return []


def complete_schools(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the name of a school of reading."""
    with suppress(ProblemsError, OSError):
        schools = {"default": "", **{name: "" for pack in _chosen_packs(ctx) for name in pack.schools}}
        return [CompletionItem(name) for name in schools if name.startswith(incomplete)]
    return []


def _chosen_packs(ctx: click.Context) -> Iterator[Pack]:
    """Yield the packs that the options typed so far name: by --pack and --market, else the EU AI Act."""
    from aiact_rules.requests.choosing import DEFAULT_PACK

    catalogue = _catalogue()
    wanted = {str(code).upper() for code in ctx.params.get("markets") or ()}
    named = [name for name in ctx.params.get("packs") or () if name in catalogue.heads]
    named += [head.id for head in catalogue.heads.values() if head.gates and head.market in wanted]
    for name in dict.fromkeys(named or [DEFAULT_PACK]):
        yield catalogue.pack(name)


def _first(items: Iterable[CompletionItem]) -> list[CompletionItem]:
    """Return so many as a person can look through, each help on one line."""
    found: list[CompletionItem] = []
    for item in items:
        if len(found) == _MOST_SHOWN:
            break
        found.append(CompletionItem(item.value, help=" ".join(str(item.help or "").split())[:100] or None))
    return found
