"""Timelines: the verdict on one release, and what is owed for it, from date to date."""
