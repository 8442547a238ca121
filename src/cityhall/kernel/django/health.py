"""Is the program alive, is it ready, and what does it count: /healthz, /readyz, /metrics."""

from __future__ import annotations

import os

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Gauge, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from cityhall.kernel import clock
from cityhall.kernel.django.access import public
from cityhall.kernel.django.models import AuditEntry, OutboxEvent
from cityhall.kernel.offers import HealthCheck, health_checks


@public
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer that the process is alive."""
    return HttpResponse("ok", content_type="text/plain")


@public
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when every health check holds, else 503 with what is wrong and the mend."""
    problems = {check.key: problem for check in health_checks if (problem := _problem(check))}
    return JsonResponse({"ready": not problems, "problems": problems}, status=503 if problems else 200)


def _problem(check: HealthCheck) -> str:
    """Return what the check finds. One that cannot look, because the database is down, has found something too."""
    try:
        return str(check.check())
    except DatabaseError as trouble:
        return f"could not be looked at ({type(trouble).__name__}): is the database running?"


@public
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer in Prometheus' text format: what was served by all web processes, what waits and for how long."""
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the library's only untyped part
    waiting = OutboxEvent.objects.filter(relayed_at__isnull=True)
    oldest = waiting.order_by("id").values_list("at", flat=True).first()
    Gauge("cityhall_outbox_waiting", "Events not yet relayed", registry=registry).set(waiting.count())
    Gauge("cityhall_outbox_oldest_seconds", "Age of the oldest waiting event", registry=registry).set(
        (clock.now() - oldest).total_seconds() if oldest else 0
    )
    Gauge("cityhall_audit_unsealed", "Audit entries not yet in the chain", registry=registry).set(
        AuditEntry.objects.filter(waiting=True).count()
    )
    jobs = Gauge("cityhall_jobs", "Background jobs by status", ["status"], registry=registry)
    with connection.cursor() as cursor:
        cursor.execute("select status::text, count(*) from procrastinate_jobs group by status")
        for status, count in cursor.fetchall():
            jobs.labels(status).set(count)
    figures = generate_latest(registry)
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        figures += generate_latest(REGISTRY)
    return HttpResponse(figures, content_type=CONTENT_TYPE_LATEST)
