"""`aiact-rules completion`: the script by which a shell completes commands, options, facts and rules."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

_SHELLS = ("bash", "zsh", "fish")
_NAMES = ("aiact-rules", "aiact")
_BASH_END = "    return 0\n"
_NO_SPACE = "    [[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace\n"


@click.command("completion")
@click.argument("shell", type=click.Choice(_SHELLS))
def command(shell: str) -> None:
    """Print the completion script for a SHELL: bash, zsh or fish.

    It completes commands, options and what they take: formats, markets, packs, roles and steps, facts after `--set`,
    readings after `--reading`, and the names of rules and findings after `explain`. Values of facts come in zsh and fish.
    """
    click.echo(completion_script(shell), nl=False)


def completion_script(shell: str) -> str:
    """Return the script, which asks `aiact-rules`, and `aiact` likewise, for what can follow."""
    from aiact_rules.cli import cli

    found = get_completion_class(shell)
    assert found is not None, "click completes for these shells"
    scripts = []
    for name in _NAMES:
        variable = f"_{name.replace('-', '_')}_complete".upper()
        scripts.append(found(cli, {}, name, variable).source().strip("\n") + "\n")
    text = "\n".join(scripts)
    return text.replace(_BASH_END, _NO_SPACE + _BASH_END) if shell == "bash" else text
