"""Lets `python -m hawthorne` do what the `hawthorne` command does."""

from .cli import main

if __name__ == "__main__":
    main()
