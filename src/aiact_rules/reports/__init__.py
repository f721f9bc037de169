"""Reports: a decision as text, one module per format."""
