"""The process a long export is written in: what was asked on standard input, the file on standard output."""

from __future__ import annotations

import os
import sys

import django

from cityhall.kernel import offers
from cityhall.kernel.memory import stay_small

_MOST_BYTES = 1024**3


def main() -> None:
    """Write the export that the first argument names."""
    stay_small(_MOST_BYTES)
    with os.fdopen(os.dup(1), "wb") as out:
        os.dup2(2, 1)  # whatever else is said, the file stays clean
        django.setup()
        asked = sys.stdin.buffer.read()
        try:
            for piece in offers.long_exports[sys.argv[1]].pieces(asked):
                out.write(piece.encode())
                out.flush()
        except BrokenPipeError:  # nobody reads any longer, nor need be told
            os._exit(1)


if __name__ == "__main__":
    main()
