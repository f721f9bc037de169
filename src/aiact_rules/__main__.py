"""Run the command line with `python -m aiact_rules`."""

from aiact_rules.cli import main

if __name__ == "__main__":
    main()
