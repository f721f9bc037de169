"""The command line: `aiact-rules`, or `aiact` for short. Exit codes: 0 allowed, 1 refused, 2 could not be judged."""

from __future__ import annotations

import gc
import importlib
import os
import sys

import click

from aiact_rules.cli.guide import GROUPS, examples_of, listed
from aiact_rules.core.problems import ProblemsError
from aiact_rules.version import __version__

_NAMES = tuple(name for name, _ in listed())
_COMPLETING = ("_AIACT_RULES_COMPLETE", "_AIACT_COMPLETE")


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(_NAMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return a command. Each is imported only when it is run or described, so that none pays for another."""
        if cmd_name not in _NAMES:
            return None
        command = importlib.import_module(f"aiact_rules.cli.{cmd_name.replace('-', '_')}").command
        assert isinstance(command, click.Command)
        command.epilog = examples_of(cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the commands in their groups, none cut off, and import none of them."""
        width = max(map(len, _NAMES))
        for title, commands in GROUPS.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), each.summary) for name, each in commands.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _NAMES and not args[0].startswith("-"):
            from aiact_rules.core.problems import did_you_mean

            hint = did_you_mean(args[0], _NAMES)
            raise click.UsageError(f"there is no command `{args[0]}`" + (f"\n  {hint}" if hint else ""))
        return super().resolve_command(ctx, args)


@click.command(
    cls=_Commands,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "auto_envvar_prefix": "AIACT_RULES",
        "max_content_width": 80,
    },
)
@click.version_option(__version__, prog_name="aiact-rules")
def cli() -> None:
    """Check whether a model release may go ahead under the EU AI Act, why, and what is missing.

    Start with `aiact-rules check FILE` on a model card, a release file or a folder; `aiact-rules init` writes a release file
    to fill in. Exit codes: 0 allowed, 1 held or blocked, 2 could not be judged.
    """


def main() -> None:
    """Run the command line. Anything that goes wrong ends with exit code 2 and never looks like an answer."""
    # A pack is many small values that all stay: looking for garbage every few hundred of them is a fifth of a check.
    gc.set_threshold(100_000)
    try:
        code = _run()
    except SystemExit:
        code = 2
        if type(sys.stdout).__name__.endswith("PacifyFlushWrapper"):
            _leave_unread()  # click ends the process where the reader went away, and leaves this behind
        elif not any(
            name in os.environ for name in _COMPLETING
        ):  # a shell asks what can follow, and reads no exit code
            # Our own exit codes come back as numbers: this is somebody else's, and no answer.
            click.echo("internal error, no decision made: something ended the process", err=True)
    except GeneratorExit:
        click.echo("internal error, no decision made: something closed the process", err=True)
        code = 2
    finally:
        # The process ends here: without this the interpreter would look through every one of those values once more.
        gc.freeze()
    sys.exit(code)


def _run() -> int:
    """Run a command and return its exit code."""
    if sys.stdout is None:
        # Closed by the caller: what nobody can read is no answer.
        if sys.stderr is not None:
            click.echo("standard output is closed, so there is nowhere to answer", err=True)
        return 2
    try:
        # Without standalone mode click gives the exit code of `Exit` back instead of raising it.
        code = cli.main(standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.Abort as stopped:
        # Older releases of click do not say what they stopped for, but Python remembers it.
        click.echo(str(stopped.__cause__ or stopped.__context__ or "") or "stopped", err=True)
        return 2
    except click.ClickException as error:
        error.show()
        return 2
    except ProblemsError as error:
        click.echo(str(error), err=True)
        return 2
    except BrokenPipeError:
        _leave_unread()
        return 2
    except OSError as error:
        click.echo(f"the system refused: {error.strerror or error}", err=True)
        return 2
    except Exception as error:
        if os.environ.get("AIACT_RULES_TRACEBACK"):
            raise
        from aiact_rules.plugins.interfaces import EngineUnavailable

        if isinstance(error, EngineUnavailable):
            click.echo(str(error), err=True)
            return 2
        click.echo(
            f"internal error, no decision made: {type(error).__name__}: {error}\n"
            "  please report it; AIACT_RULES_TRACEBACK=1 shows where",
            err=True,
        )
        return 2


def _leave_unread() -> None:
    """Let what is left to write go nowhere: the reader went away, and what it did not read is not an answer."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
