"""The campaign's summary as Markdown, between two marks of a page that people write the rest of."""

from __future__ import annotations

import os
import platform
import statistics
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from torture.campaign import Cycle

BEGIN, END = "<!-- campaign: written by python -m torture -->", "<!-- end of campaign -->"


def write_report(page: Path, cycles: list[Cycle], end: dict[str, Any], *, seed: int, seconds: float) -> None:
    """Put the summary between the marks, or at the end of the page."""
    text = page.read_text(encoding="utf-8") if page.exists() else "# Torture\n"
    summary = f"{BEGIN}\n{summary_of(cycles, end, seed=seed, seconds=seconds)}\n{END}"
    if BEGIN in text:
        text = text[: text.index(BEGIN)] + summary + text[text.index(END) + len(END) :]
    else:
        text = f"{text.rstrip()}\n\n{summary}\n"
    page.write_text(text, encoding="utf-8")


def summary_of(cycles: list[Cycle], end: dict[str, Any], *, seed: int, seconds: float) -> str:
    """Return the summary."""
    from cityhall import __version__

    kills = [one for one in cycles if one.kind != "settled"]
    problems = [problem for one in cycles for problem in one.problems]
    memory = psutil.virtual_memory().total / 2**30
    lines = [
        f"- Date: {datetime.now(UTC):%Y-%m-%d}; release {__version__}; seed {seed}; {seconds / 60:.0f} minutes.",
        f"- Machine: {os.cpu_count()} cores, {memory:.0f} GB, {platform.system()}, Python {platform.python_version()}.",
        f"- {len(kills)} kills; {end.get('acknowledged', 0)} acknowledged writes, {end.get('unknown', 0)} whose answer"
        f" was lost, {end.get('refused', 0)} refused (stale pages and acts the request's state does not allow).",
        f"- **{len(problems)} losses or faults found.**",
        f"- At the end: {end.get('requests', 0)} requests, {end.get('history', 0)} facts of their history,"
        f" {end.get('events', 0)} outbox events, {end.get('audit entries', 0)} audit entries, {end.get('photos', 0)}"
        f" photos, {end.get('messages', 0)} e-mails sent.",
        f"- E-mails that were sent but the server never got: {end.get('messages sent but not at the server', 0)}; that"
        f" it got twice, with the same Message-ID: {end.get('messages the server got twice', 0)}.",
        f"- Swept: {end.get('blobs without a row', 0)} files without a row, {end.get('scratch files', 0)} scratch"
        " files.",
        "",
        "| Kind | Kills | Recovery, median (s) | Recovery, longest (s) | Acknowledged writes around it | Found |",
        "|---|---|---|---|---|---|",
    ]
    by_kind: dict[str, list[Cycle]] = defaultdict(list)
    for one in kills:
        by_kind[one.kind].append(one)
    for kind, found in [*sorted(by_kind.items()), ("all", kills)]:
        times = [one.recovered for one in found if one.recovered is not None]
        median, longest = (f"{statistics.median(times):.1f}", f"{max(times):.1f}") if times else ("", "")
        lines.append(
            f"| {kind} | {len(found)} | {median} | {longest} | {sum(one.acknowledged for one in found)}"
            f" | {sum(len(one.problems) for one in found)} |"
        )
    return "\n".join(lines)
