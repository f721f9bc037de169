"""South Korea for aiact-rules: the AI Basic Act and its Enforcement Decree."""
