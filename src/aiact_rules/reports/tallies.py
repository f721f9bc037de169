"""Tallies, under the name by which reports know them."""

from aiact_rules.core.tallies import Coming, Tally, tally_of, tally_of_standings
from aiact_rules.core.words import counted

__all__ = ["Coming", "Tally", "counted", "tally_of", "tally_of_standings"]
