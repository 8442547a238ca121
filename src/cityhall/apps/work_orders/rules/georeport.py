"""GeoReport's words for ours: codes of services, and the states of mySociety's updates."""

from __future__ import annotations

from cityhall.apps.service_requests.contracts import Outcome, Status
from cityhall.apps.work_orders.contracts import Reason, WorkStatus

_WORDS = {
    Status.RECEIVED: "open",
    Status.SCHEDULED: "action_scheduled",
    Status.IN_PROGRESS: "in_progress",
    Status.REFERRED: "internal_referral",
    Status.CONTESTED: "reopen",
    Status.FIXED: "fixed",
    Status.DUPLICATE: "no_further_action",
}
_STATUSES = {
    "in_progress": WorkStatus.IN_PROGRESS,
    "investigating": WorkStatus.IN_PROGRESS,
    "planned": WorkStatus.SCHEDULED,
    "action_scheduled": WorkStatus.SCHEDULED,
    "fixed": WorkStatus.DONE,
    "no_further_action": WorkStatus.CANNOT_DO,
    "not_councils_responsibility": WorkStatus.CANNOT_DO,
    "cancelled": WorkStatus.CANNOT_DO,
}


def update_word(status: Status, outcome: Outcome | None) -> str:
    """Return what an update calls the status. A duplicate of ours is none of theirs, so it says no more is to do."""
    if status is Status.CLOSED:
        return "not_councils_responsibility" if outcome is Outcome.NOT_CITY else "no_further_action"
    return _WORDS[status]


def status_of_update(word: str) -> tuple[WorkStatus | None, Reason]:
    """Return what an update's word means for the work; None for a word that only comes with a note."""
    reason = Reason.NOT_CITY if word == "not_councils_responsibility" else Reason.CANNOT
    return _STATUSES.get(word), reason


def read_service_codes(text: str) -> tuple[dict[str, str], list[str]]:
    """Read lines "our-code = their code"; return the codes, and the lines that are none."""
    codes: dict[str, str] = {}
    wrong = []
    for line in filter(None, (one.strip() for one in text.splitlines())):
        ours, found, theirs = (part.strip() for part in line.partition("="))
        if found and ours and theirs and len(ours) <= 60 and len(theirs) <= 100:
            codes[ours] = theirs
        else:
            wrong.append(line)
    return codes, wrong
