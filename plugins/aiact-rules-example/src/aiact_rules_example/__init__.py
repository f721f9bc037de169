"""An example plugin of aiact-rules: every hook, used once."""
