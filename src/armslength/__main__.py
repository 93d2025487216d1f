"""`python -m armslength`."""

from armslength.cli import main

main()
