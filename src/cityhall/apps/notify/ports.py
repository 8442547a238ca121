"""What this room asks of an engine that keeps its messages instead of delivering them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol, runtime_checkable


@runtime_checkable
class KeepsMail(Protocol):
    """A mail or SMS engine whose capabilities say `keeps`."""

    def kept(self, limit: int = 200) -> Iterator[dict[str, Any]]:
        """Iterate over the newest messages, newest first: id, at, to, text, and of mail more."""

    def forget(self, unwanted: Callable[[Mapping[str, Any]], bool]) -> int:
        """Remove the messages for which `unwanted` holds; return how many."""
