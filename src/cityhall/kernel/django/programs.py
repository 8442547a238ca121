"""Doors for programs: addresses where no cookie counts, and so nothing that only pages need is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string

PROGRAM_DOORS = ("/open311/", "/hooks/")
"""Below these a caller is known by an API key, by a signature or not at all. There is no `request.session`, `user` or
`actor`: a view that asked for one by mistake would fail, not let somebody in. Languages come from Accept-Language, in
the view."""


def is_for_programs(request: HttpRequest) -> bool:
    """Say whether the address answers programs."""
    return request.path_info.startswith(PROGRAM_DOORS)


def for_pages(path: str) -> type:
    """Return the middleware of that import path, kept away from the doors for programs."""

    class ForPages:
        def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
            self.get_response = get_response
            self.wrapped = import_string(path)(get_response)
            for hook in ("process_view", "process_template_response", "process_exception"):
                if (called := getattr(self.wrapped, hook, None)) is not None:
                    setattr(self, hook, _hook(called))

        def __call__(self, request: HttpRequest) -> HttpResponse:
            if is_for_programs(request):
                return self.get_response(request)
            answer: HttpResponse = self.wrapped(request)
            return answer

    ForPages.__name__ = ForPages.__qualname__ = path.rpartition(".")[2]
    return ForPages


def _hook(called: Callable[..., Any]) -> Callable[..., Any]:
    def hook(request: HttpRequest, *args: Any) -> Any:
        return None if is_for_programs(request) else called(request, *args)

    return hook
