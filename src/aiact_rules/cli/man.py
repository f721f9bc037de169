"""`aiact-rules man`: the man page, made from the commands themselves."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from inspect import signature

import click

from aiact_rules.cli.guide import GROUPS, Listed
from aiact_rules.version import __version__

_EXIT_CODES = (
    ("0", "Every release is allowed, or its threshold lets it pass."),
    ("1", "A release is refused: its verdict is at or above the threshold."),
    ("2", "Something could not be judged, or was asked for wrongly. It never counts as allowed."),
)
_FILES = (
    ("aiact.yaml", "What is true of a release: the release file, beside the model card."),
    ("aiact.toml", "What is true of the organisation, and how its releases are judged; or a table of pyproject.toml."),
)
_ENVIRONMENT = (
    ("AIACT_RULES_CACHE", "The folder of the cache of packs; off: none."),
    ("AIACT_RULES_TRACEBACK", "Where it is set, an internal error shows where it arose."),
    ("AIACT_RULES_COMMAND_OPTION", "Any option of any command, such as AIACT_RULES_CHECK_FAIL_ON=block."),
)


@click.command("man")
def command() -> None:
    """Print the man page in roff, with every command, option and example.

    It names no formats, roles or packs of plugins; the help of a command does.
    """
    from aiact_rules.cli import cli

    click.echo(man_page(cli), nl=False)


def man_page(group: click.Group) -> str:
    """Return the man page of the command line as roff."""
    return "\n".join(_page(group)) + "\n"


def _page(group: click.Group) -> Iterator[str]:
    ctx = click.Context(group, info_name="aiact-rules")
    yield f'.TH AIACT\\-RULES 1 "" "aiact\\-rules {_text(__version__)}" "User Commands"'
    yield from (".SH NAME", r"aiact\-rules \- gate model releases by the EU AI Act and other laws")
    yield from (".SH SYNOPSIS", r".B aiact\-rules", r".I COMMAND", r"[\fIOPTIONS\fR] [\fIARGUMENTS\fR]")
    yield from (".SH DESCRIPTION", *_paragraphs(group.help or ""))
    for title, commands in GROUPS.items():
        yield f'.SH "{_text(title).upper()}"'
        for name, listed in commands.items():
            command = group.get_command(ctx, name)
            assert command is not None, "the guide lists what there is"
            yield from _command(command, name, listed, ctx)
    for title, rows in (("EXIT STATUS", _EXIT_CODES), ("ENVIRONMENT", _ENVIRONMENT), ("FILES", _FILES)):
        yield f'.SH "{title}"'
        for term, says in rows:
            yield from (".TP", rf".B {_text(term)}", _text(says))


def _command(command: click.Command, name: str, listed: Listed, parent: click.Context) -> Iterator[str]:
    ctx = click.Context(command, info_name=name, parent=parent)
    yield f'.SS "{_text(" ".join([ctx.command_path, *command.collect_usage_pieces(ctx)]))}"'
    yield from _paragraphs(command.help or listed.summary)
    yield from _options(command)
    if isinstance(command, click.Group):
        for inner_name in command.list_commands(ctx):
            inner = command.get_command(ctx, inner_name)
            assert inner is not None, "a group has what it lists"
            pieces = [inner_name, *inner.collect_usage_pieces(click.Context(inner, info_name=inner_name, parent=ctx))]
            yield from (".TP", rf"\fB{_text(' '.join(pieces))}\fR", _text(_first_line(inner.help or "")))
            yield from (".RS", *_options(inner), ".RE")
    yield from (".PP", "Examples:", ".nf", ".RS", *(_text(line) for line in listed.examples), ".RE", ".fi")


def _options(command: click.Command) -> Iterator[str]:
    for option in command.params:
        if isinstance(option, click.Option) and not option.hidden:
            takes = "" if option.is_flag else f" {_metavar(option, click.Context(command))}"
            yield from (".TP", rf"\fB{_text(', '.join(option.opts))}\fR{_text(takes)}", _text(option.help or ""))


def _metavar(option: click.Option, ctx: click.Context) -> str:
    """Return what an option takes. Before click 8.2 that was asked for without a context."""
    make: Callable[..., str] = option.make_metavar
    return make(ctx) if signature(make).parameters else make()


def _paragraphs(text: str) -> Iterator[str]:
    """Return the paragraphs of a help text, each on one line, those that keep their lines likewise."""
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        if paragraph.lstrip().startswith("\b"):
            yield from (".PP", ".nf", *(_text(line.strip()) for line in paragraph.split("\n")[1:]), ".fi")
        else:
            yield from (".PP", _text(" ".join(paragraph.split())))


def _first_line(text: str) -> str:
    return " ".join(text.strip().split("\n\n")[0].split())


def _text(text: str) -> str:
    """Return text as roff takes it literally, on one line."""
    escaped = text.replace("\\", r"\e").replace("-", r"\-").replace('"', r"\(dq").replace("'", r"\(aq")
    escaped = escaped.replace("`", r"\(ga").replace("…", "...")
    return rf"\&{escaped}" if escaped.startswith(".") else escaped
