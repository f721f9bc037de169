"""The version of the engine and the address of its documentation: the one place that states them."""

__version__ = "0.1.0"

SITE = "https://aiact-rules.example/docs"
"""Where the documentation of this distribution is served."""
