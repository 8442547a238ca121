"""Reads of the room: bodies, the desk's queue of referrals, what a request's pages show, figures by body."""

from __future__ import annotations

import base64
import hmac
import itertools
import json
import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.core import signing
from django.db import connection
from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cityhall.apps.places import public as places
from cityhall.apps.referrals import rules
from cityhall.apps.referrals.contracts import (
    MANAGE,
    AnswerInfo,
    AnswerKind,
    BodyFigures,
    BodyInfo,
    BodyKind,
    BodyTerms,
    Channel,
    Ended,
    NamedElsewhere,
    OthersNamed,
    ReferralInfo,
    Via,
    Waiting,
)
from cityhall.apps.referrals.models import Answer, Body, BodyAlias, Referral, ReplyLink
from cityhall.apps.service_requests import public as service_requests
from cityhall.apps.service_requests.contracts import DeskFilter, PublicRequest, RequestFilter
from cityhall.kernel import clock
from cityhall.kernel.actors import ANONYMOUS, Actor
from cityhall.kernel.django.permissions import need
from cityhall.kernel.django.reading import instances
from cityhall.kernel.errors import NotFound
from cityhall.kernel.offers import OutsideDay, ReferralBody
from cityhall.kernel.text import fold

FIGURES_DAYS = 365
MOST = 500
MOST_NAMES = 100
SAID_FROM = 3
_SALT = "cityhall.referrals.mail"
_MARK_BYTES = 10


def choices() -> Sequence[ReferralBody]:
    """Return the bodies a request can be referred to, by their English names."""
    rows = Body.objects.filter(is_active=True).only("id", "name")
    return sorted((ReferralBody(row.id, row.name) for row in rows), key=lambda one: one.name.get("en", ""))


def bodies(actor: Actor) -> list[BodyInfo]:
    """Return all bodies, the active ones first. Raises NotAllowed without "referrals.manage"."""
    need(actor, MANAGE)
    rows = Body.objects.annotate(open=Count("referrals", filter=Q(referrals__ended_at__isnull=True)))
    found = [
        BodyInfo(row.id, terms_of(row), row.open, tuple(sorted(one.name for one in row.aliases.all())))
        for row in rows.prefetch_related("aliases")
    ]
    return sorted(found, key=lambda one: (not one.terms.is_active, one.terms.name.get("en", "")))


def body(body_id: uuid.UUID, actor: Actor) -> BodyInfo:
    """Return one body. Raises NotAllowed, NotFound."""
    found = next((one for one in bodies(actor) if one.id == body_id), None)
    if found is None:
        raise NotFound(_("There is no such body."))
    return found


def terms_of(row: Body) -> BodyTerms:
    """Return what is set of a body."""
    return BodyTerms(
        name=row.name,
        kind=BodyKind(row.kind),
        mail=row.mail,
        channel=Channel(row.channel),
        connection_id=row.connection_id,
        answer_days=row.answer_days,
        language=row.language,
        is_active=row.is_active,
    )


def info(row: Referral) -> ReferralInfo:
    """Return a referral with its body, answers and links, which are best read along with it."""
    now = clock.now()
    waiting = Waiting(row.waiting)
    late = rules.days_late(row.due_at, now) if row.ended_at is None and waiting is Waiting.BODY else None
    return ReferralInfo(
        id=row.id,
        request_id=row.request_id,
        number=row.number,
        body_id=row.body_id,
        body=row.body.name,
        referred_at=row.referred_at,
        due_at=row.due_at,
        waiting=waiting,
        late_days=late,
        ended=Ended(row.ended) if row.ended else None,
        ended_at=row.ended_at,
        scheduled_for=row.scheduled_for,
        chased_at=row.chased_at,
        chases=row.chases,
        has_mail=bool(row.body.mail),
        live_links=sum(one.revoked_at is None and one.expires_at > now for one in row.links.all()),
        is_told=row.told_at is not None,
        to_read=row.to_read,
        shares_all=row.shares_all,
        is_checked=row.done_at is not None and row.ended_at is None,
        is_connected=row.body.channel == Channel.CONNECTION,
        answers=tuple(AnswerInfo(one.at, AnswerKind(one.kind), one.on, Via(one.via)) for one in row.answers.all()),
    )


def full() -> QuerySet[Referral]:
    """Return referrals with all that `info` needs."""
    return Referral.objects.select_related("body").prefetch_related(
        "links", Prefetch("answers", Answer.objects.order_by("at", "id"))
    )


def queue(actor: Actor) -> list[tuple[ReferralInfo, Any]]:
    """Return the open referrals among the actor's work, each with its desk row: our turn first, then the latest.

    Of more than some hundreds the latest are left out.

    Raises:
        NotAllowed: without "requests.view".
    """
    need(actor, "requests.view")
    waiting = full().filter(ended_at__isnull=True).order_by("-waiting", "due_at", "id")
    found: list[tuple[ReferralInfo, Any]] = []
    # Whose work is a small part of the city's has it behind many others'.
    for start in itertools.count(0, MOST):
        rows = list(waiting[start : start + MOST])
        seen = own_rows([row.request_id for row in rows], actor)
        found += [(info(row), seen[row.request_id]) for row in rows if row.request_id in seen]
        if len(rows) < MOST or len(found) >= MOST:
            break
    return sorted(found, key=lambda pair: (pair[0].waiting is Waiting.BODY, pair[0].due_at))


def own_rows(ids: Sequence[uuid.UUID], actor: Actor) -> Mapping[uuid.UUID, Any]:
    """Return the desk's rows of those open requests that are among the actor's work."""
    if not ids:
        return {}
    wanted = DeskFilter(base=RequestFilter(ids=tuple(ids)))
    return {row.request.id: row for row in service_requests.desk_queue(wanted, actor, limit=MOST).items}


def of_request(request_id: uuid.UUID) -> list[ReferralInfo]:
    """Return a request's referrals, newest first."""
    return [info(row) for row in full().filter(request_id=request_id).order_by("-referred_at", "-id")]


def seen_by_body(referral: Referral, *, language: str | None = None) -> PublicRequest | None:
    """Return a request as its body sees it: as everybody does, and all of it where the city wanted that.

    None when it is gone or was taken down.
    """
    if referral.shares_all:
        over = service_requests.handed_over(referral.request_id, language=language or get_language() or "en")
        return over.request if over else None
    try:
        return service_requests.one(referral.number, ANONYMOUS, language=language)
    except NotFound:
        return None


class Days:
    """Fills the kernel's slot for the days of bodies outside the city."""

    def of(self, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, OutsideDay]:
        """Return what is known of those of these requests that are with a body now."""
        found = instances(Referral, "request_id = any(%s) and ended_at is null", [list(ids)]) if ids else ()
        return {row.request_id: _day_of(row) for row in found}


def _day_of(row: Referral) -> OutsideDay:
    theirs = row.told_at is not None and row.waiting == Waiting.BODY and row.scheduled_for is None
    return OutsideDay(row.scheduled_for, places.local(row.due_at).date() if theirs else None)


def was_sent_back(referral: Referral) -> bool:
    """Say whether the last thing a body said is that it is done, and the city found that it is not."""
    if referral.ended_at is not None or referral.done_at is not None:
        return False
    last = Answer.objects.filter(referral=referral).order_by("-at", "-id").values_list("kind", flat=True).first()
    return last == AnswerKind.DONE


def desk_panel(request_id: uuid.UUID, actor: Actor) -> dict[str, Any] | None:
    """Return what the request's page at the desk shows; None when it was never referred to a body."""
    found = of_request(request_id)
    may = {"may_work": actor.may("requests.work"), "may_share": actor.may("requests.contact")}
    return {"referrals": found, **may} if found else None


def public_panel(request_id: uuid.UUID, viewer: Actor) -> dict[str, Any] | None:
    """Return what the public page of a request shows: the referral that is open, or the last one."""
    found = of_request(request_id)
    if not found:
        return None
    # That it is done the public hears with the closing, which may wait for a supervisor.
    untold = {AnswerKind.STRANGER} if found[0].ended is Ended.DONE else {AnswerKind.STRANGER, AnswerKind.DONE}
    theirs = tuple(one for one in found[0].answers if one.kind not in untold)
    return {"referral": replace(found[0], answers=theirs)}


def link_of(token: str) -> ReplyLink | None:
    """Return the link behind a token, None when it is unknown, expired or revoked."""
    link = ReplyLink.objects.select_related("referral__body").filter(token_hash=rules.token_hash(token)).first()
    return _live(link)


def mail_mark(link_id: uuid.UUID) -> str:
    """Return what stands for a link in the subject of a mail: its id and our mark, in letters mail servers keep."""
    return base64.b32encode(link_id.bytes + _mark(link_id)).decode().rstrip("=").lower()


def link_of_mark(mark: str) -> ReplyLink | None:
    """Return the link behind a mail's token, None when we did not make it, or it is expired or revoked."""
    try:
        data = base64.b32decode(mark.upper() + "=" * (-len(mark) % 8))
    except ValueError:
        return None
    if len(data) != 16 + _MARK_BYTES:
        return None
    link_id = uuid.UUID(bytes=data[:16])
    if not any(hmac.compare_digest(data[16:], one) for one in _marks(link_id)):
        return None
    return _live(ReplyLink.objects.select_related("referral__body").filter(id=link_id).first())


def _mark(link_id: uuid.UUID) -> bytes:
    return _marks(link_id)[0]


def _marks(link_id: uuid.UUID) -> list[bytes]:
    """The marks of a link under the secret key and under those it replaced."""
    signer = signing.Signer(salt=_SALT)
    keys = [signer.key, *signer.fallback_keys]
    made = [base64.urlsafe_b64decode(signer.signature(link_id.hex, key=key) + "==") for key in keys]
    return [one[:_MARK_BYTES] for one in made]


def _live(link: ReplyLink | None) -> ReplyLink | None:
    if link is None or link.revoked_at is not None or link.expires_at <= clock.now():
        return None
    return link


def figures() -> list[BodyFigures]:
    """Return how each body answers, the most overdue first; bodies that never had a referral are left out.

    What is open and what was answered lately have indexes of their own, so it costs no more as the years go by.
    """
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            with open as (
                select body_id, count(*) as open,
                    count(*) filter (where waiting = 'body' and due_at < %(now)s) as overdue,
                    floor(extract(epoch from %(now)s - min(referred_at)) / 86400)::int as oldest
                from referrals_referral where ended_at is null group by body_id
            ), answered as (
                select body_id, count(*) as answered, percentile_cont(0.5) within group (
                    order by extract(epoch from answered_at - referred_at)::float8 / 86400
                ) as median
                from referrals_referral where answered_at >= %(since)s group by body_id
            )
            select b.id, b.name::text, b.kind, coalesce(o.open, 0), coalesce(o.overdue, 0), o.oldest,
                coalesce(a.answered, 0), a.median
            from referrals_body b left join open o on o.body_id = b.id left join answered a on a.body_id = b.id
            where o.open > 0 or a.answered > 0
                or exists (select 1 from referrals_referral r where r.body_id = b.id)
            order by 5 desc, 4 desc, b.name->>'en'
            """,
            {"now": now, "since": now - timedelta(days=FIGURES_DAYS)},
        )
        return [
            BodyFigures(row[0], _json(row[1]), BodyKind(row[2]), row[3], row[4], row[5], row[6], row[7])
            for row in cursor.fetchall()
        ]


def figures_with_names() -> tuple[list[BodyFigures], OthersNamed]:
    """Return the figures with what records from elsewhere name under each body, and the names that are no body's.

    A name few requests bear may be a private owner's, typed by hand: such names are counted together, and not said.
    """
    named, names = _named()
    found = {one.body_id: one for one in figures()}
    for row in Body.objects.filter(id__in=named.keys() - found.keys()):
        found[row.id] = BodyFigures(row.id, row.name, BodyKind(row.kind), 0, 0, None, 0, None)
    rows = [replace(one, named=named.get(one.body_id, 0)) for one in found.values()]
    said = [one for one in names if one.count >= SAID_FROM]
    others = OthersNamed(tuple(said[:MOST_NAMES]), sum(one.count for one in names if one.count < SAID_FROM))
    return sorted(rows, key=lambda one: (-one.overdue, -one.open - one.named, one.name.get("en", ""))), others


def names_elsewhere(actor: Actor) -> list[NamedElsewhere]:
    """Return the names in records from elsewhere that are no body's. Raises NotAllowed without "referrals.manage"."""
    need(actor, MANAGE)
    return _named()[1][:MOST_NAMES]


def _named() -> tuple[Mapping[uuid.UUID, int], list[NamedElsewhere]]:
    """Count the requests that are referred without a referral of ours: by body, and by name where it is no body's."""
    ours = Referral.objects.filter(ended_at__isnull=True).values_list("request_id", flat=True)
    known = {fold(name): row.id for row in Body.objects.all() for name in row.name.values()}
    known |= dict(BodyAlias.objects.values_list("folded", "body_id"))
    by_body: Counter[uuid.UUID] = Counter()
    others: dict[str, Counter[str]] = defaultdict(Counter)
    for name, count in service_requests.named_referrals(list(ours)).items():
        folded = fold(name)
        if folded in known:
            by_body[known[folded]] += count
        elif folded:
            others[folded][name] += count
    found = [NamedElsewhere(min(names, key=lambda one: (-names[one], one)), names.total()) for names in others.values()]
    return by_body, sorted(found, key=lambda one: (-one.count, one.name))


def _json(text: str) -> Mapping[str, str]:
    found: Mapping[str, str] = json.loads(text)
    return found
