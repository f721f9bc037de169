"""The password of an encrypted key, from the environment or the person at the terminal."""

from __future__ import annotations

import os
import sys

import click

from aiact_rules.core.problems import InputError, Problem

PASSWORD = "AIACT_RULES_KEY_PASSWORD"


def key_password() -> bytes:
    """Return the password of the key. Raises InputError where there is nobody to ask."""
    given = os.environ.get(PASSWORD)
    if given is None:
        if not sys.stdin.isatty():
            raise InputError([Problem("this key is encrypted, and there is nobody to ask", hint=f"set {PASSWORD}")])
        given = str(click.prompt("Password of the key", hide_input=True, err=True))
    return given.encode()
