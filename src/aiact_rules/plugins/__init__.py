"""Plugins: how they are found, loaded and asked, and what they offer."""
