"""The `cityhall` command."""

from __future__ import annotations

from cityhall.cli.app import main

__all__ = ["main"]
