"""The audit log as a page: newest first, page by page, with the state of its chain."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cityhall.kernel.django import audit
from cityhall.kernel.django.access import staff
from cityhall.kernel.django.models import AuditEntry

PAGE = 50


@staff("audit.view")
@never_cache
@require_safe
def entries(request: HttpRequest) -> HttpResponse:
    """Show one page of entries; `?before=` an entry's id goes on, `?verify=1` recomputes the whole chain."""
    rows = AuditEntry.objects.select_related("seal").order_by("-id")
    try:
        if before := request.GET.get("before"):
            rows = rows.filter(id__lt=uuid.UUID(before))
        if subject := request.GET.get("subject"):
            rows = rows.filter(subject_id=uuid.UUID(subject))
    except ValueError:
        rows = rows.none()
    found = list(rows[: PAGE + 1])
    context = {
        "rows": found[:PAGE],
        "older": found[PAGE - 1].id if len(found) > PAGE else None,
        "subject": request.GET.get("subject", ""),
        # Recomputing reads the whole log, so it is done when asked for and not on every look.
        "verdict": audit.verify() if request.GET.get("verify") else None,
    }
    return render(request, "identity/audit.html", context)
