"""Every address, what it asks of its caller, and which role gets in: read from the URL map and the declarations.

`docs/reference/access.md` is this table; a test compares them and tries every role at every address.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from re import _constants as codes  # type: ignore[attr-defined]  # the parser's own names for what it found
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from cityhall.apps.identity import rules
from cityhall.kernel.django.access import Access, access_of

#: Code that is not ours and cannot carry our declarations, and what guards it instead.
OTHERS: dict[str, str] = {
    "allauth.": "the sign-in library: each page checks the session or the sign-in step by itself, and must stay"
    " open to staff who are half signed in",
    "wagtail.": "the content editor: below /cms/ the website room lets in `website.edit` alone; its public page"
    " server and file server are for everybody",
    "django.views.generic.base": "the content editor's last resort below /cms/, which answers 404",
    "django.contrib.auth.views": "the content editor's own sign-in, shadowed by a redirect to ours",
}

ANONYMOUS, HALF = "anonymous", "staff without second factor"
#: Role by role, what a session may do. A resident and half signed-in staff have no permissions.
ROLES: dict[str, frozenset[str]] = {
    ANONYMOUS: frozenset(),
    HALF: frozenset(),
    "resident": frozenset(),
    **{role.code: role.permissions for role in rules.DEFAULT_ROLES},
}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address: `path` is an example that reaches it, `route` how the URL map writes it."""

    route: str
    path: str
    name: str
    module: str
    access: Access | None
    view: Any

    @property
    def is_ours(self) -> bool:
        """Whether the view must declare its access."""
        return not any(self.module.startswith(prefix) for prefix in OTHERS)


def endpoints() -> list[Endpoint]:
    """Return every address of the URL map."""
    return list(_walk(get_resolver(), "", ""))


def lets_in(access: Access, role: str) -> bool:
    """Say whether a session of `role` gets past what an address asks for."""
    if access.kind == "resident":
        return role not in {ANONYMOUS, HALF}
    if access.kind == "staff":
        return access.permission in ROLES[role]
    return True


def document() -> str:
    """Return the table as Markdown."""
    ours = sorted((e for e in endpoints() if e.is_ours), key=lambda e: (e.route, e.name))
    lines = [
        "# Who may open what",
        "",
        "Made from the URL map and what each view declares; `.venv/bin/python docs/access.py` writes it again.",
        "A test tries every role at every address and compares this page with the code.",
        "",
        "“Sign in” means a redirect to the sign-in page, “no” a refusal (403).",
        "The doors for programs below `/open311/` are open to sessions; what wants an API key there is said in the",
        "[reference](open311.md), and every scope is tried at every one of them by a test.",
        "Staff are only let in after their second factor. Which department's work a role then sees is not shown here.",
        "",
        "| Address | Asks for | " + " | ".join(ROLES) + " |",
        "|---|---|" + "---|" * len(ROLES),
    ]
    for endpoint in ours:
        access = endpoint.access
        asks = "**nothing declared**" if access is None else f"{access.kind} {access.permission}".strip()
        cells = " | ".join("?" if access is None else _cell(access, role) for role in ROLES)
        route = endpoint.route.replace("|", "\\|")
        lines.append(f"| `/{route}` | {asks} | {cells} |")
    lines += ["", "## Code of others", "", "| Module | Why it carries no declaration of ours |", "|---|---|"]
    lines += [f"| `{module}` | {reason} |" for module, reason in OTHERS.items()]
    return "\n".join(lines) + "\n"


def _cell(access: Access, role: str) -> str:
    if lets_in(access, role):
        return "yes"
    return "sign in" if role in {ANONYMOUS, HALF} else "no"


def _walk(resolver: URLResolver, route: str, path: str) -> Iterator[Endpoint]:
    for entry in resolver.url_patterns:
        shown, example = route + str(entry.pattern), path + sample(entry.pattern.regex.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, shown, example)
        elif isinstance(entry, URLPattern):
            view = entry.callback
            yield Endpoint(
                route=shown,
                path="/" + example,
                name=entry.name or "",
                module=str(getattr(view, "__module__", "")),
                access=access_of(view),
                view=view,
            )


def sample(pattern: str) -> str:
    """Return one text that a regular expression of the URL map matches: the shortest, of plain letters and digits."""
    return "".join(_pieces(parser.parse(pattern)))


def _pieces(parsed: Any) -> Iterator[str]:
    for kind, value in parsed:
        if kind is codes.LITERAL:
            yield chr(value)
        elif kind is codes.IN:
            yield _one_of(value)
        elif kind in {codes.MAX_REPEAT, codes.MIN_REPEAT}:
            least, most, inner = value
            # Something rather than nothing, where something is allowed: "the rest" of an address is then not empty.
            times = least or (1 if most and inner[0][0] is not codes.SUBPATTERN else 0)
            yield "".join(_pieces(inner)) * times
        elif kind is codes.SUBPATTERN:
            yield from _pieces(value[3])
        elif kind is codes.BRANCH:
            yield from _pieces(value[1][0])
        elif kind in {codes.ANY, codes.NOT_LITERAL}:
            yield "x"


def _one_of(choices: Any) -> str:
    if choices[0][0] is codes.NEGATE:
        return "x"
    ranges = [chr(value[0]) for kind, value in choices if kind is codes.RANGE]
    literals = [chr(value) for kind, value in choices if kind is codes.LITERAL]
    digits = any(kind is codes.CATEGORY and value is codes.CATEGORY_DIGIT for kind, value in choices)
    return (ranges or literals or ["1" if digits else "x"])[0]
