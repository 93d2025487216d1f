"""`python -m ehrql` and the `ehrql` command."""

from armslength.cli.ehrql import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
