"""Gating decisions for model releases under the EU AI Act and other laws, from versioned rule packs."""

__version__ = "0.1.0"
