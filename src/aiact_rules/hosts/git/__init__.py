"""Git: a hook in the repository that everyone pushes to. It refuses a push that would release what may not be released."""
