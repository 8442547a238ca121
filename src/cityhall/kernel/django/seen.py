"""Forms that were filled in while somebody else saved: what a person saw is compared with what stands.

For settings that few people change and that keep no version of their own: a form carries a mark of all it was filled
with, and saving is refused when that is no longer how things stand.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Set
from dataclasses import fields, is_dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from cityhall.kernel.errors import Stale

#: The name of the form's field.
FIELD = "seen"


def mark(stands: object) -> str:
    """Return a mark of a value; equal values have equal marks, whatever the order of their mappings and sets."""
    return hashlib.sha256(repr(_plain(stands)).encode()).hexdigest()[:20]


def need_unchanged(seen: str, stands: object) -> None:
    """Refuse when `stands` is not what was seen. Whoever saw nothing, such as a program, sends ""; nothing is compared.

    Raises:
        Stale: somebody else saved meanwhile.
    """
    if seen and seen != mark(stands):
        raise Stale(
            _(
                "Somebody else saved this while you filled it in. What you see now is yours, and not saved: open the"
                " page in another window to see theirs, then save again to put yours in its place."
            ),
            current=0,
        )


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return tuple(_plain(getattr(value, one.name)) for one in fields(value))
    if isinstance(value, Mapping):
        return sorted((str(key), _plain(one)) for key, one in value.items())
    if isinstance(value, Set):
        return sorted(str(one) for one in value)
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return str(value)
