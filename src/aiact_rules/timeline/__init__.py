"""Judging a release from date to date."""
