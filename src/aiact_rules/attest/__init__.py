"""Attest: decisions as signed statements, what a verifier makes of them, and decisions in the formats of other tools."""
