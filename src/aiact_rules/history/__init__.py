"""History: one release under every text of the Act since the proposal of 2021."""
