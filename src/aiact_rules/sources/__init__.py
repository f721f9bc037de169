"""Sources: documents in their formats, read as facts with their origin."""
