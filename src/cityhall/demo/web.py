"""The demo's own page, /demo/: who to be, and one button to be them. Answers only in a demo and over loopback."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_GET

from cityhall.apps.identity import public as identity
from cityhall.demo.accounts import ACCOUNTS
from cityhall.kernel.django import loopback
from cityhall.kernel.django.access import public
from cityhall.kernel.django.acts import sent_from

START = {
    "council-office": "/desk/office/", "resident": "/report/", "editor": "/cms/", "data-steward": "/desk/data/",
    "administrator": "/desk/people/",
}  # fmt: skip


@public
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """List the demo accounts and what to try as each."""
    _only_here()
    return render(request, "demo/people.html", {"accounts": ACCOUNTS})


@public
@sent_from("demo-people")
def enter(request: HttpRequest) -> HttpResponse:
    """Sign in as the account that was pressed and open the page it starts at."""
    _only_here()
    account = next((account for account in ACCOUNTS if account.email == request.POST.get("email")), None)
    if account is None:
        return redirect(reverse("demo-people"))
    identity.enter_as_demo(request, account.email)
    return redirect(START.get(account.role, "/desk/"))


def _only_here() -> None:
    if not settings.CITYHALL_DEMO or not loopback.is_local():
        raise Http404


urlpatterns = [path("demo/", people, name="demo-people"), path("demo/enter/", enter, name="demo-enter")]
