"""Work through many rows in one run: one that goes wrong must not take those beside it along."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import InterfaceError, OperationalError, transaction


@contextmanager
def spared(log: logging.Logger, told: str, *about: object) -> Iterator[None]:
    """Undo what goes wrong inside the block, and log it; the others go on. A database that is gone is still told."""
    try:
        with transaction.atomic():
            yield
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception(told, *about)
