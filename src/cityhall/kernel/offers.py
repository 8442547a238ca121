"""The registries rooms fill in `AppConfig.ready()`, read by whoever needs all of a kind."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal, Protocol, runtime_checkable

from cityhall.kernel.actors import Actor
from cityhall.kernel.ports import Slot
from cityhall.kernel.registry import Registry


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry of a menu.

    Args:
        key: unique name.
        menu: "public" (header), "desk" (staff) or "account".
        label: text or lazy translation.
        url_name: Django URL name.
        permission: who sees it; empty for everybody.
        order: lower comes first.
        count: how much that is new waits there, for whoever looks; shown beside the label.
        begins_without: whoever sees it and lacks this permission begins there when they sign in; empty for nobody.
    """

    key: str
    menu: str
    label: Any
    url_name: str
    permission: str = ""
    order: int = 50
    count: Callable[[Actor], int] | None = None
    begins_without: str = ""


def _fit_nav(item: NavItem) -> None:
    if item.menu not in {"public", "desk", "account"}:
        raise ValueError(f"nav items: {item.key!r} names no known menu: {item.menu!r}")


nav_items: Registry[NavItem] = Registry("nav items", key=lambda item: item.key, check=_fit_nav)


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """One thing that must hold before the program is ready. `check` returns "" or what is wrong and the mend."""

    key: str
    check: Callable[[], str]


health_checks: Registry[HealthCheck] = Registry("health checks", key=lambda item: item.key)


@dataclass(frozen=True, slots=True)
class Person:
    """A person, by whatever is known of them; what matches any of it is theirs.

    Args:
        account: their account's id.
        email: in lower case.
        phone: as it was written, or in the form +15550100123.
        requests: ids of what they reported.
        follows: ids of the rows that say what they follow.
    """

    account: uuid.UUID | None = None
    email: str = ""
    phone: str = ""
    requests: frozenset[uuid.UUID] = frozenset()
    follows: frozenset[uuid.UUID] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.account or self.email or self.phone or self.requests or self.follows)


def phone_digits(text: str) -> str:
    """Return what telephone numbers are compared by: the last ten digits, "" for less than seven."""
    digits = "".join(one for one in text if one.isascii() and one.isdecimal())
    return digits[-10:] if len(digits) >= 7 else ""


def _nothing_more(person: Person) -> Person:
    return person


@dataclass(frozen=True, slots=True)
class PersonalData:
    """A room's personal data about one person.

    Args:
        key: the room.
        export: returns JSON-ready rows about the person. A row's "photos" are ids of documents that go with it.
        erase: blanks what says who the person is and returns how many rows changed. It holds for a person already
            looked for in every room.
        find: returns the person with what this room knows more of them: other addresses, their requests.
    """

    key: str
    export: Callable[[Person], Iterable[Mapping[str, Any]]]
    erase: Callable[[Person], int]
    find: Callable[[Person], Person] = _nothing_more


personal_data: Registry[PersonalData] = Registry("personal data", key=lambda item: item.key)


@dataclass(frozen=True, slots=True)
class Held:
    """What legal holds keep from being removed by anybody.

    Args:
        phones: as `phone_digits` gives them.
    """

    requests: frozenset[uuid.UUID] = frozenset()
    accounts: frozenset[uuid.UUID] = frozenset()
    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.requests or self.accounts or self.emails or self.phones)

    def covers(self, person: Person) -> bool:
        """Say whether anything of the person's is held."""
        return (
            person.account in self.accounts
            or person.email in self.emails
            or phone_digits(person.phone) in self.phones
            or not self.requests.isdisjoint(person.requests)
        )


@dataclass(frozen=True, slots=True)
class Period:
    """How long something is kept: "30 days", "2 years"."""

    number: int
    unit: Literal["days", "months", "years"]


@dataclass(frozen=True, slots=True)
class Step:
    """How far one step of a walk through a kind of records came.

    Args:
        removed: how many records it removed.
        after: where the next step goes on, in the room's own words; "" stands for the beginning.
        is_end: nothing old enough is left after it.
    """

    removed: int
    after: str
    is_end: bool


@dataclass(frozen=True, slots=True)
class Retained:
    """A kind of record a room keeps for a while.

    Args:
        key: unique name.
        label: what it is, in a few words.
        says: one or two sentences: from when the time counts, what is removed and what stays.
        period: how long it is kept when nobody decided otherwise; None keeps it.
        due: returns how many there are from before a moment that no hold keeps.
        purge: removes at most so many of them and returns how many.
        step: in its place where there are very many: looks at so many from a place on, in an order that time does not
            change, and removes what is due. So a night goes on where the last stopped, and reads nothing twice.
        at_once: is removed from the first night on; everything else waits until somebody starts the schedule.
        fixed: names the setting that decides in the place of the schedule's page; "" when the page does.
        order: lower comes first.
    """

    key: str
    label: Any
    says: Any
    period: Period | None
    due: Callable[[datetime, Held], int]
    purge: Callable[[datetime, Held, int], int] | None = None
    step: Callable[[datetime, Held, int, str], Step] | None = None
    at_once: bool = False
    fixed: str = ""
    order: int = 50


def _fit_retained(one: Retained) -> None:
    if (one.purge is None) == (one.step is None):
        raise ValueError(f"retained: {one.key!r} is removed either by `purge` or by `step`")


retained: Registry[Retained] = Registry("retained", key=lambda item: item.key, check=_fit_retained)


@runtime_checkable
class RecordsOffice(Protocol):
    """Whoever keeps the schedule, the holds and the list of what was erased; other rooms ask it."""

    def erase(self, person: Person, *, actor: Actor) -> bool:
        """Erase a person in every room. False: a legal hold is in the way, and it is done when that is lifted."""

    def export(self, person: Person, *, actor: Actor) -> bytes:
        """Return everything every room keeps of a person, as a ZIP file."""

    def holds_on(self, request_id: uuid.UUID) -> Sequence[str]:
        """Return the names of the legal holds a request is under."""


records_office: Slot[RecordsOffice] = Slot("records office")


@dataclass(frozen=True, slots=True)
class Permission:
    """A permission a room asks for, so that roles can be shown and checked in one place."""

    code: str
    label: Any


permissions: Registry[Permission] = Registry("permissions", key=lambda item: item.code)


@dataclass(frozen=True, slots=True)
class CityCard:
    """What every page says of the city: its name in the header, its time zone for dates (an IANA name)."""

    name: str
    time_zone: str = "UTC"


city_card: Slot[CityCard] = Slot("city card")
city_card.fill(lambda: CityCard(name="Cityhall"))


@dataclass(frozen=True, slots=True)
class LongExport:
    """A file that takes long to write, and is written in a process of its own.

    Args:
        pieces: writes it for what was asked, as the room put it into bytes. Whether one may was decided before.
    """

    key: str
    pieces: Callable[[bytes], Iterable[str]]


long_exports: Registry[LongExport] = Registry("long exports", key=lambda item: item.key)


@dataclass(frozen=True, slots=True)
class Delta:
    """How to publish only what changed of a live dataset.

    Args:
        by: the column whose values name what changed. All rows that bear one of them are written anew, or are gone.
        basis: the beginning of the dataset's mark. When it is another, everything is written.
        write: writes the rows of whatever may have changed since a moment to a CSV file, as all of them are written,
            and returns its names; None when that is so much that everything is to be written.
    """

    by: str
    basis: Callable[[], str]
    write: Callable[[datetime, Path], Collection[str] | None]


@dataclass(frozen=True, slots=True)
class LiveDataset:
    """Records of a room that are open data at all times.

    Args:
        name: the dataset's name in addresses.
        contract: how it is published: the text of a contract file, as people write them too.
        mark: returns a text that is another when there is something new to publish; cheap, as it is asked each minute.
        write: writes what everybody may see to a CSV file with a heading and returns how many rows that is. What one
            must not see is not in it.
        delta: how to write less; None where there is never much.
    """

    name: str
    contract: str
    mark: Callable[[], str]
    write: Callable[[Path], int]
    delta: Delta | None = None


live_datasets: Registry[LiveDataset] = Registry("live datasets", key=lambda item: item.name)


@dataclass(frozen=True, slots=True)
class NotBuilt:
    """Something a system does not do yet, said on the public page that lists them all.

    Args:
        key: unique name.
        system: the system as people know it: "Service requests".
        text: one sentence.
    """

    key: str
    system: Any
    text: Any


not_built: Registry[NotBuilt] = Registry("not built yet", key=lambda item: item.key)


@dataclass(frozen=True, slots=True)
class AuditWords:
    """How a room's entries in the audit log read to people. What is not named is shown by its code.

    Args:
        key: the room; its actions are "<room>.<action>".
        actions: words for what comes after the dot, as in {"closed": "Closed it"}.
        subjects: words for the kinds of things that were acted on, as in {"service_request": "Request"}.
        pages: by kind, the URL name of its page, which takes the entry's "number".
    """

    key: str
    actions: Mapping[str, Any]
    subjects: Mapping[str, Any]
    pages: Mapping[str, str] = field(default_factory=dict)


audit_words: Registry[AuditWords] = Registry("audit words", key=lambda item: item.key)


@dataclass(frozen=True, slots=True)
class SetupCheck:
    """One thing a live city should have. `check` returns what is missing, each with its mend; nothing when all is well.

    Unlike a health check it never stops the city from serving; `cityhall doctor` reads it.
    """

    key: str
    check: Callable[[], Iterable[str]]


setup_checks: Registry[SetupCheck] = Registry("setup checks", key=lambda item: item.key)


@dataclass(frozen=True, slots=True)
class Follows:
    """Something an account follows, as its page of them shows it.

    Args:
        title: translated.
        url: where it is.
        says: when they hear of it, in a few words.
        token: by which they leave.
    """

    title: str
    url: str
    says: Any
    token: str


@dataclass(frozen=True, slots=True)
class Followed:
    """A kind of thing that accounts follow. `found` returns what one of them does."""

    key: str
    found: Callable[[uuid.UUID], Sequence[Follows]]
    order: int = 50


followed: Registry[Followed] = Registry("followed", key=lambda item: item.key)


@dataclass(frozen=True, slots=True)
class RequestPanel:
    """A part that a room adds to a service request's page at the desk.

    Args:
        key: unique name.
        template: what draws it: a section with a heading of the class "as-h3".
        context: what the template is given, by the request's id and whoever looks; None leaves the panel out.
        order: lower comes first.
    """

    key: str
    template: str
    context: Callable[[uuid.UUID, Actor], Mapping[str, Any] | None]
    order: int = 50


request_panels: Registry[RequestPanel] = Registry("request panels", key=lambda panel: panel.key)


#: What rooms add to a request's public page: the same as at the desk, for whoever looks.
public_request_panels: Registry[RequestPanel] = Registry("public request panels", key=lambda panel: panel.key)


@dataclass(frozen=True, slots=True)
class ReferralBody:
    """Somebody outside the city whom requests are referred to. `name` is a translated text."""

    id: uuid.UUID
    name: Mapping[str, str]


referral_bodies: Slot[Sequence[ReferralBody]] = Slot("referral bodies")
referral_bodies.fill(tuple)


@dataclass(frozen=True, slots=True)
class ExpectedDate:
    """When an open request will probably be done: of those like it that get done, half and nine in ten are by then.

    Args:
        share: of those like it, how many get done within `horizon_days` from now at all (0 to 1).
        ahead: how many of its kind were filed before it and are open still.
        waited: it has waited so long that it is compared with those that waited as long.
        first_said: what was foretold when it was filed: the day it was said, half, nine in ten; None when nothing was.
        learnt_from: closings behind the dates.
        page: URL name of the page that explains them.
        missed: shares that were done by the first and by the second date said of its kind lately, each only where that
            was not what was said.
    """

    half: datetime
    nine: datetime
    share: float
    horizon_days: int
    ahead: int
    waited: bool
    learnt_from: int
    page: str
    first_said: tuple[datetime, datetime, datetime] | None = None
    missed: tuple[float | None, float | None] = (None, None)


class ExpectedDates(Protocol):
    """Whoever foretells when requests are done."""

    def of(self, request_id: uuid.UUID) -> ExpectedDate | None:
        """Return the date of an open request; None when nobody can say."""

    def said_of(self, ids: Collection[str]) -> Mapping[str, datetime]:
        """Return by when nine in ten are done, as it was last said of these requests; those nothing was said of lack.

        One query, to the second: for lists.
        """


class _NobodyKnows:
    def of(self, request_id: uuid.UUID) -> ExpectedDate | None:
        """Say nothing."""
        return None

    def said_of(self, ids: Collection[str]) -> Mapping[str, datetime]:
        """Say nothing."""
        return {}


expected_dates: Slot[ExpectedDates] = Slot("expected dates")
expected_dates.fill(_NobodyKnows)


@dataclass(frozen=True, slots=True)
class OutsideDay:
    """What is known of the day of a body outside the city that an open request was referred to.

    Args:
        planned: the day it says it comes; None while it has said none.
        answer_by: the last day for its answer; None when it has said a day, or the city has to act first.
    """

    planned: date | None
    answer_by: date | None


class OutsideDays(Protocol):
    """Whoever keeps what other bodies say of the requests they were given."""

    def of(self, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, OutsideDay]:
        """Return what is known of those of these requests that are with a body now."""


class _NobodyOutside:
    def of(self, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, OutsideDay]:
        """Say nothing."""
        return {}


outside_days: Slot[OutsideDays] = Slot("outside days")
outside_days.fill(_NobodyOutside)


@dataclass(frozen=True, slots=True)
class FilingOffice:
    """An office that files for people who turn to it, such as a council member's.

    It keeps who they are only where they agreed. `name` is a translated text.
    """

    id: uuid.UUID
    name: Mapping[str, str]


def _no_office(actor: Actor) -> FilingOffice | None:
    return None


#: Returns the office somebody files for, None for everybody else.
filing_office: Slot[Callable[[Actor], FilingOffice | None]] = Slot("filing office")
filing_office.fill(lambda: _no_office)


@dataclass(frozen=True, slots=True)
class RequestFinder:
    """Finds service requests for the desk's search by words that another room keeps.

    `find` takes what was typed and returns few ids; the search shows only those among the actor's work.
    """

    key: str
    find: Callable[[str], Collection[uuid.UUID]]


request_finders: Registry[RequestFinder] = Registry("request finders", key=lambda finder: finder.key)


@dataclass(frozen=True, slots=True)
class Advice:
    """A category that words may mean, by its code, and how likely it is: from 0 to 1."""

    code: str
    confidence: float


Advisor = Callable[[str, Mapping[str, float], float | None, float | None], Sequence[Advice]]
"""Takes a resident's words, how well a search by words fits each category, and the place where it is known.

Returns categories, best first, or nothing.
"""


def _no_advice(
    words: str, points: Mapping[str, float], lat: float | None = None, lon: float | None = None
) -> Sequence[Advice]:
    return ()


category_advisor: Slot[Advisor] = Slot("category advisor")
category_advisor.fill(lambda: _no_advice)


@dataclass(frozen=True, slots=True)
class PlannedStop:
    """A stop of a crew's day: the requests done there, in order, and when the plan has the crew there."""

    requests: tuple[uuid.UUID, ...]
    lat: float
    lon: float
    arrive: datetime
    leave: datetime


PlannedDay = Callable[[uuid.UUID, uuid.UUID | None, date], Sequence[PlannedStop]]
"""Takes a team, a person of it (None: the whole team) and a day of the city's calendar.

Returns the published plan's stops in order, or nothing.
"""


def _no_plan(team: uuid.UUID, person: uuid.UUID | None, day: date) -> Sequence[PlannedStop]:
    return ()


planned_day: Slot[PlannedDay] = Slot("planned day")
planned_day.fill(lambda: _no_plan)


@dataclass(frozen=True, slots=True)
class WorkTime:
    """What crews took for work of one category: the middle of their minutes, over so many visits."""

    minutes: int
    visits: int


def _no_times() -> Mapping[str, WorkTime]:
    return {}


work_times: Slot[Callable[[], Mapping[str, WorkTime]]] = Slot("work times")
"""Returns what work takes by the category's code, where crews did enough of it lately to say."""
work_times.fill(lambda: _no_times)


@dataclass(frozen=True, slots=True)
class ToRoute:
    """What is known of a request when it is decided which team gets it.

    Args:
        category: its category's code.
        areas: ids of the areas it is in.
        layer, owner: of the asset it is about: its layer's code, and who owns it; "" where nobody says.
        at: when this is decided.
    """

    category: str
    areas: Sequence[uuid.UUID]
    layer: str
    owner: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Route:
    """The team a rule sends a request to. `why` is kept in the request's history, JSON-ready.

    It names the rule's place in the order ("number"), its "name", the "version" of the rules, and as "open" the teams
    the rule chose from with how many open requests each had, the chosen one first.
    """

    team: uuid.UUID
    department: uuid.UUID
    why: Mapping[str, Any]


class RequestRouter(Protocol):
    """Whoever knows the rules by which requests go to teams, and when one must be asked whether work has begun."""

    def route(self, request: ToRoute) -> Route | None:
        """Return where a request goes; None leaves it to its category's team."""

    def look_at(self, category: str, start: datetime, due: datetime | None, *, after: datetime) -> datetime | None:
        """Return the first moment after `after` at which a request that nobody has begun is escalated; None for none.

        Args:
            start, due: when it was filed, and its target.
        """


class _NoRules:
    def route(self, request: ToRoute) -> Route | None:
        """Leave it to the category."""
        return None

    def look_at(self, category: str, start: datetime, due: datetime | None, *, after: datetime) -> datetime | None:
        """Never."""
        return None


request_router: Slot[RequestRouter] = Slot("request router")
request_router.fill(_NoRules)


@dataclass(frozen=True, slots=True)
class ReadyAnswer:
    """A sentence ready to be sent to residents.

    Args:
        use: what it is for: an outcome, or "schedule", "start", "refer", "take_back", "reopen", "settle", "reply".
        texts: language code to the sentence.
    """

    id: uuid.UUID
    use: str
    texts: Mapping[str, str]


class ReadyAnswers(Protocol):
    """Whoever keeps ready answers. What a request has nothing for stays in them in braces: "{date:due}"."""

    def of(self, request_id: uuid.UUID, category_code: str) -> Sequence[ReadyAnswer]:
        """Return the answers for one request, filled in, the most used first."""

    def for_many(self) -> Sequence[ReadyAnswer]:
        """Return the answers that fit every category, not filled in."""

    def filled(self, texts: Mapping[str, str], request_id: uuid.UUID) -> Mapping[str, str]:
        """Return texts by language with what stands in braces filled in for one request."""

    def left_in(self, text: str) -> Sequence[str]:
        """Return what stands in braces in a text and would have to be filled in."""

    def count(self, answer_id: uuid.UUID, times: int = 1) -> None:
        """Count that an answer was sent."""


class _NothingReady:
    def of(self, request_id: uuid.UUID, category_code: str) -> Sequence[ReadyAnswer]:
        return ()

    def for_many(self) -> Sequence[ReadyAnswer]:
        return ()

    def filled(self, texts: Mapping[str, str], request_id: uuid.UUID) -> Mapping[str, str]:
        return texts

    def left_in(self, text: str) -> Sequence[str]:
        return ()

    def count(self, answer_id: uuid.UUID, times: int = 1) -> None:
        return None


ready_answers: Slot[ReadyAnswers] = Slot("ready answers")
ready_answers.fill(_NothingReady)


Mentions = Callable[[str, uuid.UUID, Actor], str]
"""Takes an internal note, its request and its writer; says to the writer who is told of it, "" for nobody named."""


def _nobody_named(text: str, request_id: uuid.UUID, actor: Actor) -> str:
    return ""


mentions: Slot[Mentions] = Slot("mentions")
mentions.fill(lambda: _nobody_named)
