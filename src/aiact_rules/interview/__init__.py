"""Interviews: which question comes next, what an answer means and what it did. Pure: no terminal, no file, no clock."""
