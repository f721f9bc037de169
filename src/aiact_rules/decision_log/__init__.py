"""The decision log: decisions kept so that nobody can change, remove or reorder them unseen, and decided again."""
