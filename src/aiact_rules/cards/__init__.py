"""The result of a release in its card: the block and the section, written without touching any other byte."""
