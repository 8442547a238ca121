"""What is done when nothing more can be written: a refusal that says so, and that it can be tried again."""

from __future__ import annotations

import errno
from typing import Final

from django.utils.translation import gettext_lazy as _

from cityhall.kernel.errors import CityhallError

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_DATABASE_IS_FULL: Final = "53100"
"""PostgreSQL's "disk_full"."""


class NoRoom(CityhallError):
    """The disk of the city's server is full."""

    code = "no_room"
    http_status = 507

    def __init__(self) -> None:
        super().__init__(_("The disk of the city’s server is full. Nothing was changed. Try again once there is room."))


def is_full(problem: Exception) -> bool:
    """Say whether something was not written because the disk, or our share of it, is full."""
    if isinstance(problem, OSError):
        return problem.errno in _FULL
    return getattr(problem.__cause__, "sqlstate", "") == _DATABASE_IS_FULL
