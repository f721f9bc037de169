"""Zones: time zones by their names, such as `Europe/Brussels`, where this computer has data on them."""

from __future__ import annotations

from datetime import tzinfo

HOW_TO_GET_DATA = "time zones have names such as Europe/Brussels; their data come with `pip install tzdata`"


def zone_named(name: str) -> tzinfo | None:
    """Return a time zone, or None where there are no data on it."""
    from zoneinfo import ZoneInfo  # most of what is imported never asks for the day

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def has_data() -> bool:
    """Return whether this computer has data on time zones at all: Windows has none of its own."""
    return zone_named("UTC") is not None
