"""Doors: one module for each dialect. Each turns a request into what is asked, and an answer into what its callers expect."""
