"""Stands in for the process a long export is written in: one that never ends, or that breaks off after a piece."""

from __future__ import annotations

import sys


def main() -> None:
    sys.stdin.buffer.read()
    while True:
        sys.stdout.buffer.write(b"a piece\n" * 1000)
        sys.stdout.buffer.flush()
        if sys.argv[1] == "broken":
            sys.exit(3)


if __name__ == "__main__":
    main()
