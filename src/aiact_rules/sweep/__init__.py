"""Sweeps: many releases at once, from tables and folders to verdicts, with planes of bits instead of single decisions."""
