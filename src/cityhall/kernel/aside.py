"""Work done in a thread beside this one, while this one waits for the database or does something else."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


def begin(*works: Callable[[], T]) -> list[Future[T]]:
    """Begin works, one after another in one thread; return what each will come to.

    One that was cancelled before it began is left out. A program that ends waits for none of them, so none may leave
    anything half done: a pool's threads would keep whoever pressed Ctrl-C waiting.
    """
    coming: list[Future[T]] = [Future() for _ in works]

    def run() -> None:
        for work, future in zip(works, coming, strict=True):
            _do(work, future)

    Thread(target=run, daemon=True).start()
    return coming


def _do(work: Callable[[], T], future: Future[T]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(work())
    except BaseException as problem:  # whoever asks for the result is told
        future.set_exception(problem)
