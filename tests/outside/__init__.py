"""Cases labelled by others, coded into the vocabulary by reading them, and compared with what is decided here."""
