"""Acting as another user, where the tests run as root."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable

import pytest

OTHER = 54321
"""A user that owns nothing on this machine."""

needs_two_users = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can act for two users"
)


def as_another_user(act: Callable[[], object]) -> None:
    """Call a function as another user, in another process. Fails where it raises."""
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(OTHER)
            os.setuid(OTHER)
            act()
            os._exit(0)
        except BaseException:
            traceback.print_exc(file=sys.__stderr__)
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
