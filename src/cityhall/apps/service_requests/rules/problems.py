"""What a rule objects to: a code and its particulars. The services put it into words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """A broken rule. `code` has a sentence in `services.wording`; `detail` and `limit` fill its gaps."""

    code: str
    detail: str = ""
    limit: int = 0
