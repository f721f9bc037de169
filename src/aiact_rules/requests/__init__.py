"""Requests: what is judged, by which packs, under which readings, on which dates, chosen in this one place."""
