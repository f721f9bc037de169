"""Distributions: may any installed one offer plugins? Answered without `importlib.metadata`, a tenth of a cold check.

It can be wrong in one way only, by saying yes: then `importlib.metadata` is asked, and its answer counts.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from importlib.machinery import BuiltinImporter, FrozenImporter, PathFinder

_HOLDS_METADATA = (".dist-info", ".egg-info")
_PLAIN = (BuiltinImporter, FrozenImporter, PathFinder)


def may_offer(group: str, path: Iterable[object] | None = None) -> bool:
    """Return whether a distribution on the path may have entry points of a group.

    False only where every entry of the path is a folder, or nothing at all, and no `entry_points.txt` beside its modules
    heads a section with the group. Whatever else could hide a distribution (an archive, an egg, a finder that is not
    Python's own, a file that cannot be read) is a yes.
    """
    if any(finder not in _PLAIN and hasattr(finder, "find_distributions") for finder in sys.meta_path):
        return True
    head = f"[{group}]".encode()
    return any(_may_hold(entry, head) for entry in (sys.path if path is None else path))


def _may_hold(entry: object, head: bytes) -> bool:
    if not isinstance(entry, str) or entry.lower().rstrip("/\\").endswith(".egg"):
        return True
    folder = entry or "."
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    for name in names:
        if not name.lower().endswith(_HOLDS_METADATA):
            continue
        try:
            with open(os.path.join(folder, name, "entry_points.txt"), "rb") as file:
                if head in file.read():
                    return True
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError:
            return True
    return False
