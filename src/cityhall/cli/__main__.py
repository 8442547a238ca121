"""`python -m cityhall.cli` is the `cityhall` command."""

from cityhall.cli import main

main()
