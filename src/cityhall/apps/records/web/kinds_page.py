"""The kinds of records as a page of the docs. `docs/kinds.py` writes it; a test compares it with the rooms."""

from __future__ import annotations

from django.utils import translation

from cityhall.apps.records.web import words
from cityhall.kernel import offers


def document() -> str:
    """Return the page as Markdown."""
    lines = [
        "# Kinds of records and how long they are kept",
        "",
        "Made from what the rooms register; `.venv/bin/python docs/kinds.py` writes it again; a test compares them.",
        "Periods are changed at the desk under *Records* ([how](../how-to/keep-and-delete-records.md)), except where a"
        " setting decides.",
        "Kinds marked ° are removed from the first night on, the others once the schedule is started.",
        "",
        "| Kind | Default | What counts, what goes, what stays |",
        "|---|---|---|",
    ]
    with translation.override("en"):
        for one in sorted(offers.retained, key=lambda one: one.order):
            mark = " °" if one.at_once else ""
            setting = f" (`{one.fixed}`)" if one.fixed else ""
            lines.append(f"| {one.label}{mark} | {words.period(one.period)}{setting} | {one.says} |")
    return "\n".join(lines) + "\n"
