"""How much memory a process of ours may take."""

from __future__ import annotations


def stay_small(most: int) -> None:
    """Take no more than so many bytes from now on, where the system can see to that."""
    try:
        import resource
    except ImportError:  # Windows
        return
    _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (bound, hard))
    except (OSError, ValueError):  # macOS knows the limit and refuses it
        return
