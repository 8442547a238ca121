"""Counting after a kill: what the clients were told, against what the city has; and whether anything is half-written.

Every check returns sentences; none means that all is well. They read one snapshot of the database.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from torture.load import Write
from torture.records import Snapshot

REQUEST = "service_requests_servicerequest"
HISTORY = "service_requests_historyevent"
TOLD = ("schedule", "start", "close", "reopen", "reply")
"""What the desk does that followers hear of."""
_FIRST = 5
"""How many of a kind are named."""


def acknowledged_writes(now: Snapshot, writes: list[Write]) -> Iterator[str]:
    """Acknowledged: there exactly once, under its number. Unknown: at most once. Refused: not there."""
    filed: dict[str, list[str]] = defaultdict(list)
    for text, number in now.rows(f"select description, number from {REQUEST} where description like 'hole %%'"):
        filed[text.removeprefix("hole ")].append(f"{number // 1000}-{number % 1000:03}")
    said: Counter[str] = Counter()
    for (text,) in now.rows(f"select text from {HISTORY} where text like 'said %%'"):
        said[text.removeprefix("said ")] += 1
    results = {
        str(one): name for one, name in now.rows("select id, name from kernel_commandresult where result <> '{}'")
    }
    for write in writes:
        found = filed[write.token] if write.act == "file" else []
        count = len(found) if write.act == "file" else said[write.token]
        if write.act == "take":  # leaves no words: its kept result stands for it
            count = int(write.command in results)
        name = f"{write.door} {write.act} {write.token} ({write.fate}, {write.tries} tries)"
        if write.fate == "acknowledged" and count != 1 and not (write.act == "OPEN" and count == 0):
            yield f"LOST OR DOUBLED: {name} is there {count} times"
        elif write.fate == "acknowledged" and write.act == "file" and found != [write.number]:
            yield f"WRONG NUMBER: {name} was told {write.number}, the city has {found}"
        elif write.fate == "unknown" and count > 1:
            yield f"DOUBLED: {name} is there {count} times"
        elif write.fate in {"refused", "unsent"} and count > 0 and write.door != "form":
            yield f"REFUSED BUT DONE: {name} is there {count} times"


HALF_WRITTEN = {
    "a request without exactly one received event in its history": f"""
        select r.number from {REQUEST} r left join {HISTORY} h on h.request_id = r.id and h.fact = 'received'
        group by r.id having count(h.id) <> 1""",
    "a request without exactly one received event in the outbox": f"""
        select r.number from {REQUEST} r left join kernel_outboxevent o
        on o.subject_id = r.id and o.kind = 'service_requests.received' group by r.id having count(o.id) <> 1""",
    "a request without exactly one audit entry of its filing": f"""
        select r.number from {REQUEST} r left join kernel_auditentry a
        on a.subject_id = r.id and a.action = 'service_requests.received' group by r.id having count(a.id) <> 1""",
    "a request without its reporter's row": f"""
        select r.number from {REQUEST} r left join service_requests_reporter p on p.request_id = r.id
        where p.request_id is null""",
    "a fact of the history without exactly one outbox event": f"""
        select h.id from {HISTORY} h left join kernel_outboxevent o
        on o.subject_id = h.request_id and o.data->>'event_id' = h.id::text
        where h.fact <> 'received' group by h.id having count(o.id) <> 1""",
    "a fact of the history without exactly one audit entry": f"""
        select h.id from {HISTORY} h left join kernel_auditentry a
        on a.subject_id = h.request_id and a.data->>'event_id' = h.id::text
        where h.fact <> 'received' group by h.id having count(a.id) <> 1""",
    "a version that is not one more for each accepted change": f"""
        select r.number from {REQUEST} r left join kernel_outboxevent o
        on o.subject_id = r.id and o.data ? 'version' group by r.id
        having r.version <> 1 + count(o.id) or r.version <> coalesce(max((o.data->>'version')::int), 1)""",
    "a state that is not what the history says last": f"""
        select r.number from {REQUEST} r join lateral (
            select data->>'to' as state from {HISTORY} h where h.request_id = r.id and h.data ? 'to'
            and h.fact in ('state', 'closed', 'reopened', 'contested')
            order by h.at desc, h.id desc limit 1) last on true
        where last.state <> r.state""",
    "a duplicate that points to a duplicate": f"""
        select r.number from {REQUEST} r join {REQUEST} root on root.id = r.duplicate_of_id
        where root.duplicate_of_id is not null""",
    "a command without its result": "select id from kernel_commandresult where result = '{}'",
    "a photo whose document does not count as used": """
        select p.id from service_requests_requestphoto p join documents_document d on d.id = p.document_id
        where not d.is_kept""",
    "a message that was given up": "select id from notify_message where failed_at is not null",
    "the same words sent twice to the same reader": """
        select subject from notify_message where text like '%%said tk%%' group by "to", template, subject,
            substring(text from 'said tk[0-9a-z]+') having count(*) > 1""",
    "a follower asked twice to confirm": """
        select key from notify_message where key like 'confirm:%%' group by key having count(*) > 1""",
    "a delivery job that was given up": """
        select id from procrastinate_jobs where task_name = 'kernel.deliver' and status not in ('todo', 'doing',
            'succeeded')""",
}


def half_written(now: Snapshot) -> Iterator[str]:
    """Everything a transaction writes together is there together."""
    for what, sql in HALF_WRITTEN.items():
        if found := now.rows(sql.replace("%%", "%")):
            named = ", ".join(str(row[0]) for row in found[:_FIRST])
            yield f"HALF-WRITTEN: {what}: {len(found)}, such as {named}"


def events(now: Snapshot, wanted: dict[str, list[str]], *, settled: bool) -> Iterator[str]:
    """Every event is handled, or on its way: waiting for the relay, or in a job.

    Args:
        wanted: each receiver's kinds of event.
        settled: nothing may be on its way any more.
    """
    for receiver, kinds in wanted.items():
        lost = now.rows(
            """
            select o.id from kernel_outboxevent o
            left join kernel_delivery d on d.event_id = o.id and d.receiver = %s
            where o.kind = any(%s) and d.event_id is null and (%s or (o.relayed_at is not null and not exists (
                select 1 from procrastinate_jobs j where j.task_name = 'kernel.deliver'
                and j.status in ('todo', 'doing') and j.args->>'event_id' = o.id::text
                and j.args->>'receiver' = %s)))
            """,
            receiver, kinds, settled, receiver,
        )  # fmt: skip
        if lost:
            yield f"EVENT LOST: {len(lost)} never reached {receiver}, such as {lost[0][0]}"


def map_counts(now: Snapshot) -> Iterator[str]:
    """The kept counts by hexagon equal a new count."""
    wrong = now.rows(
        f"""
        with kept as (
            select cell, sum(count) as count, sum(number) as number from (
                select cell, count, number from service_requests_mapcell
                where (cell >> 52) & 15 = 10
                union all select cell, count, number from service_requests_mapchange) both_kinds
            group by cell having sum(count) <> 0),
        counted as (
            select public_cell as cell, count(*) as count, sum(number) as number from {REQUEST}
            where not hidden and public_cell is not null group by public_cell)
        select coalesce(k.cell, c.cell) from kept k full join counted c using (cell)
        where k.count is distinct from c.count or k.number is distinct from c.number
        """
    )
    if wrong:
        yield f"MAP: {len(wrong)} hexagons differ from a new count"
    levels = now.rows("select (cell >> 52) & 15, sum(count) from service_requests_mapcell group by 1")
    if len({int(total) for _, total in levels}) > 1:
        yield f"MAP: the resolutions differ: {sorted((int(one), int(total)) for one, total in levels)}"


class Photos:
    """Every document's files are there with the right content; each is read once, to stay quick."""

    def __init__(self, blobs: Path) -> None:
        self.blobs = blobs
        self._read: set[str] = set()

    def check(self, now: Snapshot, *, again: bool = False) -> Iterator[str]:
        """Read those not read yet, or all of them `again`."""
        for document, sizes, sha256, size in now.rows("select id::text, sizes, sha256, bytes from documents_document"):
            if document in self._read and not again:
                continue
            for name, place in sizes.items():
                file = self.blobs / place["key"]
                if not file.exists():
                    yield f"PHOTO: {document} has no file for its size {name}"
                elif name == "full":
                    data = file.read_bytes()
                    if len(data) != size or hashlib.sha256(data).hexdigest() != sha256:
                        yield f"PHOTO: {document} is not what was kept"
            self._read.add(document)

    def without_rows(self, now: Snapshot) -> list[str]:
        """Return files that no document names."""
        known = {
            place["key"] for (sizes,) in now.rows("select sizes from documents_document") for place in sizes.values()
        }
        return sorted(
            name
            for file in self.blobs.rglob("*")
            if file.is_file() and (name := file.relative_to(self.blobs).as_posix()) not in known
        )


def told_once(now: Snapshot, writes: list[Write], watched: dict[str, str]) -> Iterator[str]:
    """What was done to a watched request and acknowledged reached its follower in one message."""
    told: Counter[tuple[str, str]] = Counter()
    for to, token in now.rows(
        """select "to", substring(text from 'said (tk[0-9a-z]+)') from notify_message where text like '%said tk%'"""
    ):
        told[to, token] += 1
    for write in writes:
        if write.door == "desk" and write.act in TOLD and write.fate == "acknowledged" and write.number in watched:
            follower = watched[write.number]
            if (count := told[follower, write.token]) != 1:
                yield f"NOT TOLD ONCE: {follower} heard {count} times of {write.act} {write.token} on {write.number}"


def leftovers(data: Path) -> list[str]:
    """Return scratch files that something left behind."""
    return sorted(
        file.relative_to(data).as_posix()
        for file in data.rglob("*")
        if file.is_file()
        and "postgres/" not in file.relative_to(data).as_posix()
        and (file.suffix in {".part", ".tmp", ".new"} or file.name.startswith(".put-"))
    )
