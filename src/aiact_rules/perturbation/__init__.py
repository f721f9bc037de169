"""Perturbation: what becomes of a complete record when one answer is another, so that bad news never passes unseen."""
