"""An MLflow model registry that refuses releases under the EU AI Act, for every client of the server."""

__version__ = "0.1.0"
