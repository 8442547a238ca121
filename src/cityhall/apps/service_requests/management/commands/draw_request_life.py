"""Writes docs/reference/request-life.md from the table in `rules.life`: `django-admin draw_request_life FILE`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from cityhall.apps.service_requests.contracts import Outcome, State
from cityhall.apps.service_requests.rules import TRANSITIONS, status_of

_OUTCOMES = {
    Outcome.FIXED: "The work was done.",
    Outcome.NOT_FOUND: "The city looked and found nothing.",
    Outcome.NOT_CITY: "It is somebody else's to do.",
    Outcome.DUPLICATE: "Another request stands for it; its followers hear of that one.",
    Outcome.CANNOT: "It cannot be done, and the sentence says why.",
    Outcome.NOT_STATED: "History from another system that does not say. Only the importer writes it.",
}


def page() -> str:
    """Return the page, in Markdown with a Mermaid diagram."""
    lines = [
        "# The life of a request",
        "",
        "This page is drawn from the table in `cityhall.apps.service_requests.rules.life`; a test keeps it true.",
        "Do not edit it: run `django-admin draw_request_life docs/reference/request-life.md`.",
        "",
        "```mermaid",
        "stateDiagram-v2",
        "    [*] --> received: file",
    ]
    lines += [f"    {start.value} --> {row.to.value}: {action.value}" for (start, action), row in TRANSITIONS.items()]
    lines += [
        "    closed --> [*]",
        "```",
        "",
        "| From | Action | To | Who |",
        "|---|---|---|---|",
    ]
    for (start, action), row in TRANSITIONS.items():
        who = "anybody" if row.residents else f"staff with `{row.permission}`"
        lines.append(f"| {start.value} | {action.value} | {row.to.value} | {who} |")
    lines += [
        "",
        "Closing needs an outcome and a public sentence. What is shown as the status:",
        "",
        "| Outcome | Shown as | Meaning |",
        "|---|---|---|",
    ]
    for outcome, meaning in _OUTCOMES.items():
        lines.append(f"| {outcome.value} | {status_of(State.CLOSED, outcome).value} | {meaning} |")
    lines += [
        "",
        "Anybody may contest a closed request: who reported or follows it as they are, a passer-by with a photo. Its",
        "outcome is taken back (the history keeps it), and it stands before all other work in the desk's queue until",
        "somebody settles it who may. Who closed it may give way and open it again; to keep it closed takes somebody",
        "else, a public sentence and a photo, and then it can be contested once more, with a new photo. A referred",
        "request goes back to received when the other body says that it is not theirs, or when the city takes it back.",
        "",
        "A request counts the supporters of its duplicates, and one for each one's reporter. When a duplicate stands",
        "for itself again, because it is opened again or a contest of it is upheld, what it brought goes back with it,",
        "and so do the duplicates it had before; the history of the one that stood for it says how many fewer that",
        "are. While it is contested it still counts there; what comes to it meanwhile counts there once it is kept",
        "closed.",
        "",
        "A category can say that closing with an outcome waits for a supervisor. That is no state: the request stays",
        "what it was, and outside nobody knows, until somebody who may settle contests, and did not ask for it,",
        "approves it or sends it back. Any other action of the table ends the wait.",
        "",
    ]
    return "\n".join(lines)


class Command(BaseCommand):
    """Write the page."""

    help = "Write the page about the life of a request from the rules."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file to write."""
        parser.add_argument("file", type=Path)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write it."""
        options["file"].write_text(page(), encoding="utf-8")
