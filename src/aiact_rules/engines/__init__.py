"""Engines: ways to evaluate a lowered pack, all with the same outcome."""
