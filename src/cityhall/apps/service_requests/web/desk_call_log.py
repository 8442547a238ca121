"""The log of calls: what was asked, how often, by which way; the CSV; the words calls are counted by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cityhall.apps.service_requests import exports, queries, services
from cityhall.apps.service_requests.contracts import CallFilter, CallKind, Source
from cityhall.apps.service_requests.web import desk_keys, desk_words
from cityhall.kernel import clock
from cityhall.kernel.django.access import actor_of, staff
from cityhall.kernel.errors import Invalid

PAGE = 50
NAMES = ("q", "kind", "channel", "since", "until")
_DAYS = 30


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters of an address; what makes no sense is left out."""

    values: Mapping[str, str]

    def query(self, **changes: str) -> str:
        """Return the query string with `changes`."""
        wanted = {**self.values, **changes}
        return urlencode([(name, wanted[name]) for name in (*NAMES, "after") if wanted.get(name)])

    @property
    def filters(self) -> CallFilter:
        """The filter the services take: without a first day, the past 30 days."""
        kind, channel = self.values["kind"], self.values["channel"]
        until = self.values["until"]
        return CallFilter(
            since=_midnight(date.fromisoformat(self.values["since"])),
            until=_midnight(date.fromisoformat(until) + timedelta(days=1)) if until else None,
            kind=CallKind(kind) if kind else None,
            channel=Source(channel) if channel else None,
            words=self.values["q"],
        )


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def asked(given: Mapping[str, str]) -> Asked:
    """Read a query string."""
    values = {name: given.get(name, "").replace("\x00", "").strip()[:200] for name in NAMES}
    values["kind"] = values["kind"] if values["kind"] in desk_words.CALL_KINDS else ""
    values["channel"] = values["channel"] if values["channel"] in desk_words.CHANNELS else ""
    first = timezone.localdate(clock.now()) - timedelta(days=_DAYS - 1)
    values["since"] = _day(values["since"]) or first.isoformat()
    values["until"] = _day(values["until"])
    return Asked(values)


def _day(text: str) -> str:
    """Return a day a calendar has and a clock can be set to, "" for anything else."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return ""
    return found.isoformat() if 2000 <= found.year <= 2200 else ""


@staff("requests.calls")
@never_cache
@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """List the calls that fit, newest first, with what they add up to."""
    actor, wanted = actor_of(request), asked(request.GET)
    after = request.GET.get("after", "")
    page = queries.call_log(wanted.filters, actor, after=after, limit=PAGE)
    counts = queries.call_counts(wanted.filters, actor)
    context = {
        "wanted": wanted,
        "query": wanted.query(),
        "rows": [(one, desk_words.CALL_KINDS[one.kind], desk_words.CHANNELS[one.channel]) for one in page.items],
        "next": wanted.query(after=page.next) if page.next else "",
        "is_first": not after,
        "counts": counts,
        "by_kind": [(desk_words.CALL_KINDS[kind], count) for kind, count in counts.kinds],
        "by_channel": [(desk_words.CHANNELS[channel], count) for channel, count in counts.channels],
        "kinds": desk_words.CALL_KINDS,
        "channels": desk_words.CHANNELS,
        "may_export": actor.may("requests.export"),
        "may_configure": actor.may("requests.configure"),
        "keys": desk_keys.keys_of(request),
    }
    return render(request, "service_requests/desk/calls.html", context)


@staff("requests.export")
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """Hand out the log as CSV, a piece at a time, as the process that writes it goes on."""
    written = exports.calls_csv(asked(request.GET).filters, actor=actor_of(request))
    response = StreamingHttpResponse(written, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="calls-{clock.now():%Y-%m-%d}.csv"'
    return response


@staff("requests.configure")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def topics(request: HttpRequest) -> HttpResponse:
    """Show the words calls are counted by; change them."""
    if request.method != "POST":
        return render(request, "service_requests/desk/call_topics.html", {"text": "\n".join(queries.topics())})
    text = request.POST.get("topics", "")[:10_000]
    try:
        services.set_topics(text.splitlines(), actor=actor_of(request))
    except Invalid as refused:
        context: dict[str, Any] = {"text": text, "problem": refused.fields["topics"]}
        return render(request, "service_requests/desk/call_topics.html", context, status=422)
    messages.success(request, _("The topics are saved."))
    return redirect("desk-call-topics")
