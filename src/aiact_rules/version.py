"""The version of the engine: the one place that states it."""

__version__ = "0.1.0"
