"""The steps of the set-up, each an address and a POST: from the city's name to the last check."""

from __future__ import annotations

import uuid
import zoneinfo
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import wraps
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cityhall.apps.identity import public as identity
from cityhall.apps.service_requests import public as requests
from cityhall.apps.setup import queries, rules
from cityhall.apps.setup.contracts import LANGUAGES, MOST_UPLOAD_BYTES, Administrator, MailServer, NewDepartment
from cityhall.apps.setup.services import answering, bringing, entrance
from cityhall.kernel.django import limits
from cityhall.kernel.django.access import public
from cityhall.kernel.django.acts import sent_from
from cityhall.kernel.django.client_address import counted_sender
from cityhall.kernel.django.translated import pick
from cityhall.kernel.django.uploads import is_too_large, limited
from cityhall.kernel.errors import Invalid

STEPS = ("city", "map", "categories", "departments", "mail", "administrator", "check")
KINDS = {
    "boundary": (gettext_lazy("Boundary"), gettext_lazy("The city's edge: places outside are refused.")),
    "streets": (gettext_lazy("Streets"), gettext_lazy("Centerlines with names: crossings are found by them.")),
    "addresses": (gettext_lazy("Addresses"), gettext_lazy("Points with house number and street.")),
    "areas": (gettext_lazy("Areas"), gettext_lazy("Council districts, neighborhoods, zones.")),
    "assets": (gettext_lazy("Assets"), gettext_lazy("Streetlights, signs, hydrants: things to pick from.")),
}  # fmt: skip
_MOST_PACK_BYTES = 1_000_000
_SESSION = "setup_key"
_NEW_ROWS = 2


def in_set_up(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let only the browser in that brought the code; there is nothing here once the set-up is finished."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not queries.is_open():
            raise Http404
        if not queries.holds(request.session.get(_SESSION, "")):
            return redirect("setup")
        return view(request, *args, **kwargs)

    return guarded


@public
@never_cache
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponseBase:
    """Take the code that the command line printed, once."""
    if not queries.is_open():
        raise Http404
    if queries.holds(request.session.get(_SESSION, "")):
        return redirect("setup-city")
    problems: Mapping[str, Any] = {}
    if request.method == "POST":
        limits.spend(f"setup:{counted_sender(request)}", limit=20, per=timedelta(hours=1))
        try:
            key = entrance.enter(request.POST.get("code", "").strip())
        except Invalid as refused:
            problems = refused.fields
        else:
            request.session.cycle_key()
            request.session[_SESSION] = key
            return redirect("setup-city")
    code = request.POST.get("code") or request.GET.get("code", "")
    context = {"code": code[:100], "problems": problems, "errors": _summary(problems)}
    return render(request, "setup/start.html", context, status=422 if problems else 200)


@public
@never_cache
@require_http_methods(["GET", "POST"])
@in_set_up
def city(request: HttpRequest) -> HttpResponse:
    """Ask for name, time zone, languages, holidays and the public address."""
    now, problems = queries.standing(), {}
    given: dict[str, Any] = {
        "name": now.name, "time_zone": "" if now.time_zone == "UTC" else now.time_zone, "holidays": now.holidays,
        "languages": now.languages, "public_url": now.public_url or _own_address(request),
        "behind_proxy": now.behind_proxy,
    }  # fmt: skip
    if request.method == "POST":
        given = {key: request.POST.get(key, "").strip() for key in ("name", "time_zone", "holidays", "public_url")}
        given |= {"languages": request.POST.getlist("languages"), "behind_proxy": "behind_proxy" in request.POST}
        problems = _tried(
            lambda: answering.set_basics(given["name"], given["time_zone"], given["languages"], given["holidays"]),
            lambda: answering.set_address(
                None if queries.PUBLIC_URL in now.fixed else given["public_url"],
                None if queries.PROXY in now.fixed else given["behind_proxy"],
            ),
        )
        if not problems:
            return redirect("setup-map")
    context = {"given": given, "tongues": _tongues(), "zones": _zones(), "fixed": queries.PUBLIC_URL in now.fixed}
    return _page(request, "city", context, problems)


@public
@never_cache
@require_http_methods(["GET", "POST"])
@in_set_up
@limited(queries.folder, MOST_UPLOAD_BYTES)
def map_files(request: HttpRequest) -> HttpResponse:
    """Take map files; each is loaded in the background while this page tells how far it is."""
    problems: Mapping[str, Any] = {}
    given: Mapping[str, Any] = {}
    if request.method == "POST" and is_too_large(request):
        problems = {"file": _("This file is larger than %(size)d MB. Load it in the terminal: cityhall places import.")
                    % {"size": MOST_UPLOAD_BYTES // 1_000_000}}  # fmt: skip
    elif request.method == "POST":
        given = request.POST
        file = request.FILES.get("file")
        options = {key: request.POST.get(key, "").strip()[:200] for key in ("column", "value", "crs", "code", "title")}
        if file is None:
            problems = {"file": _("Choose a file.")}
        else:
            path = Path(file.temporary_file_path())  # type: ignore[attr-defined]  # our handler makes no other
            problems = _tried(
                lambda: bringing.take(
                    path, kind=request.POST.get("kind", ""), name=file.name or "file", options=options
                )
            )
        if not problems:
            return redirect("setup-map")
    context = {"kinds": KINDS, "given": given, "counts": queries.standing(), **_files()}
    return _page(request, "map", context, problems)


@public
@never_cache
@require_safe
@in_set_up
def map_progress(request: HttpRequest) -> HttpResponse:
    """Give the list of map files alone, for the page that asks again and again."""
    context = {"counts": queries.standing(), **_files()}
    context["is_news"] = request.GET.get("seen", "") != context["seen"]
    return render(request, "setup/parts/files.html", context)


@public
@sent_from("setup-map")
@in_set_up
def map_remove(request: HttpRequest, upload_id: uuid.UUID) -> HttpResponse:
    """Take a file off the list."""
    bringing.remove(upload_id)
    return redirect("setup-map")


@public
@never_cache
@require_http_methods(["GET", "POST"])
@in_set_up
@limited(queries.folder, _MOST_PACK_BYTES)
def categories(request: HttpRequest) -> HttpResponse:
    """Load the categories that ship, or the city's own pack."""
    now = queries.standing()
    problems: Mapping[str, Any] = {}
    chosen = "keep" if now.counts["categories"] else "shipped"
    if request.method == "POST":
        chosen = request.POST.get("pack", "own")
        problems = _load_pack(request, chosen)
        if not problems:
            return redirect("setup-departments")
    context = {"chosen": chosen, "count": now.counts["categories"], "groups": _shipped()}
    return _page(request, "categories", context, problems)


def _load_pack(request: HttpRequest, chosen: str) -> Mapping[str, Any]:
    wanted = {"file": _("Choose a category pack: a TOML file of less than 1 MB.")}
    if is_too_large(request):  # whatever was chosen: no token was checked either
        return wanted
    if chosen == "keep":
        return {}
    if chosen == "shipped":
        return _tried(lambda: answering.load_categories(None))
    file = request.FILES.get("file")
    if file is None:
        return wanted
    path = Path(file.temporary_file_path())  # type: ignore[attr-defined]  # our handler makes no other
    return _tried(lambda: answering.load_categories(path))


@public
@never_cache
@require_http_methods(["GET", "POST"])
@in_set_up
def departments(request: HttpRequest) -> HttpResponse:
    """Name the departments, and add those that lack."""
    problems: Mapping[str, Any] = {}
    rows = [(one.code, one.name.get("en", ""), one.name.get("es", "")) for one in identity.departments()]
    if request.method == "POST":
        sent = zip(*(request.POST.getlist(key)[:200] for key in ("code", "name_en", "name_es")), strict=False)
        rows = [(code, english.strip(), spanish.strip()) for code, english, spanish in sent]
        wanted = [
            NewDepartment(code or slugify(english)[:50], {"en": english, **({"es": spanish} if spanish else {})})
            for code, english, spanish in rows
            if code or english or spanish
        ]
        problems = _tried(lambda: answering.set_departments(wanted))
        if not problems:
            return redirect("setup-departments" if "more" in request.POST else "setup-mail")
    blank = [("", "", "")] * (_NEW_ROWS if request.method == "GET" else 0)
    return _page(request, "departments", {"rows": [*rows, *blank]}, problems)


@public
@never_cache
@require_http_methods(["GET", "POST"])
@in_set_up
def mail(request: HttpRequest) -> HttpResponse:
    """Set the mail server, and try it."""
    now, kept = queries.standing(), queries.mail_server()
    problems: Mapping[str, Any] = {}
    given: Mapping[str, Any] = {
        "mail_host": kept.host if kept else "", "mail_port": kept.port if kept else 587,
        "mail_user": kept.user if kept else "", "mail_from": now.mail_from, "starttls": kept.starttls if kept else True,
    }  # fmt: skip
    if request.method == "POST" and "test" in request.POST:
        given = {**given, "test_to": request.POST.get("test_to", "")}
        limits.spend("setup:mail-test", limit=20, per=timedelta(hours=1))
        problems = _tried(lambda: answering.test_mail(given["test_to"], language=get_language() or "en"))
        if not problems:
            messages.success(request, _("The mail server took the test message. Look whether it arrived."))
            return redirect("setup-mail")
    elif request.method == "POST":
        given = request.POST
        port = given.get("mail_port", "")
        server = MailServer(
            given.get("mail_host", "").strip(), given.get("mail_from", "").strip(),
            int(port) if port.isascii() and port.isdigit() and len(port) < 6 else 0,
            given.get("mail_user", "").strip(), given.get("mail_password") or (kept.password if kept else ""),
            "starttls" in given,
        )  # fmt: skip
        problems = _tried(lambda: answering.set_mail(server))
        if not problems:
            messages.success(request, _("The mail server is set. Send a test message now."))
            return redirect("setup-mail")
    context = {"given": given, "now": now, "has_password": bool(kept and kept.password),
               "fixed": queries.SMTP_URL in now.fixed}  # fmt: skip
    return _page(request, "mail", context, problems)


@public
@never_cache
@require_http_methods(["GET", "POST"])
@in_set_up
def administrator(request: HttpRequest) -> HttpResponse:
    """Make the first account that may do everything."""
    problems: Mapping[str, Any] = {}
    if request.method == "POST":
        person = Administrator(
            request.POST.get("email", ""), request.POST.get("name", ""), request.POST.get("password", "")
        )
        if person.password != request.POST.get("again", ""):
            problems = {"again": _("The two passwords differ. Type the same one twice.")}
        else:
            problems = _tried(lambda: answering.make_administrator(person))
        if not problems:
            return redirect("setup-check")
    context = {"given": request.POST, "count": queries.standing().administrators}
    return _page(request, "administrator", context, problems)


@public
@never_cache
@require_http_methods(["GET", "POST"])
@in_set_up
def check(request: HttpRequest) -> HttpResponse:
    """Show what is set and what lacks; closing the set-up is for ever."""
    problems: Mapping[str, Any] = {}
    if request.method == "POST":
        problems = _tried(entrance.finish)
        if not problems:
            del request.session[_SESSION]
            messages.success(request, _("The city is set up. Sign in and set up your second factor."))
            return redirect("staff-sign-in")
    now = queries.standing()
    context = {"now": now, "restart": bool(now.public_url) and now.public_url != settings.PUBLIC_URL, **_files()}
    context["running_at"] = settings.PUBLIC_URL
    return _page(request, "check", context, problems)


def _page(
    request: HttpRequest, step: str, context: Mapping[str, Any], problems: Mapping[str, Any]
) -> HttpResponse:  # fmt: skip
    position = STEPS.index(step)
    whole = {
        **context,
        "problems": problems,
        "errors": _summary(problems),
        "position": position + 1,
        "steps": len(STEPS),
        "back": reverse(f"setup-{STEPS[position - 1]}") if position else "",
        "onward": reverse(f"setup-{STEPS[position + 1]}") if position + 1 < len(STEPS) else "",
    }
    return render(request, f"setup/{step}.html", whole, status=422 if problems else 200)


def _summary(problems: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return (address, words) of each problem, in the order of the page; those of a pack lead to its beginning."""
    fields = ("name", "time_zone", "languages", "holidays", "public_url", "kind", "file", "column", "code", "mail_host",
              "mail_port", "mail_from", "test_to", "email", "password", "again", "departments")  # fmt: skip
    ordered = [name for name in fields if name in problems] + [name for name in problems if name not in fields]
    return [(f"#f-{name.replace('_', '-')}" if name in fields else "#main", problems[name]) for name in ordered]


def _tried(*acts: Callable[[], object]) -> dict[str, Any]:
    """Do each act; return what every one was refused for."""
    problems: dict[str, Any] = {}
    for act in acts:
        try:
            act()
        except Invalid as refused:
            problems |= refused.fields
    return problems


def _files() -> dict[str, Any]:
    """Return the map files with their kinds in words, and what tells one state of the list from another."""
    found = queries.uploads()
    return {
        "files": [(one, KINDS[one.kind][0]) for one in found],
        "is_going": any(one.state in {"waiting", "running"} for one in found),
        "seen": rules.digest(*(f"{one.id} {one.state}" for one in found))[:12],
        "is_news": False,
    }


def _shipped() -> list[tuple[str, list[str]]]:
    """Return the groups of the pack that ships, each with its categories' names."""
    pack = requests.read_category_pack()
    inside: dict[str, list[str]] = defaultdict(list)
    for one in pack["categories"]:
        inside[one["group"]].append(pick(one["name"]))
    return [(pick(group["name"]), inside[group["code"]]) for group in pack["groups"]]


def _tongues() -> list[tuple[str, Any]]:
    return [(code, label) for code, label in settings.LANGUAGES if code in LANGUAGES]


def _zones() -> list[str]:
    return sorted(name for name in zoneinfo.available_timezones() if name.startswith(("America/", "Pacific/")))


def _own_address(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"
