"""The command: see `python -m torture --help`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from torture.campaign import Campaign, Cycle
from torture.city import City
from torture.faults import FAULTS, plan
from torture.report import write_report

console = Console(stderr=True, highlight=False)


def main() -> int:
    """Run a campaign; return 1 when anything was lost."""
    given = _arguments()
    folder = Path(tempfile.mkdtemp(prefix="cityhall-torture-"))
    folder.chmod(0o711)
    given.log.parent.mkdir(parents=True, exist_ok=True)
    given.log.unlink(missing_ok=True)
    city = City(folder, own_disk=os.geteuid() == 0 and not given.no_disk)
    kinds = [kind for kind in FAULTS if not given.only or kind in given.only]
    for kind in [kind for kind in kinds if not FAULTS[kind].possible(city)]:
        kinds.remove(kind)
        console.print(f"[yellow]Left out: {kind}. {_WHY[kind]}[/]")
    cycles: list[Cycle] = []
    began = time.monotonic()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    try:
        console.print("Making the city…")
        city.fill()
        city.start()
        campaign = Campaign(city, plan(kinds, given.kills, given.seed), given.seed, given.log)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: _stop_early(campaign))
        with Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console
        ) as bar:
            task = bar.add_task("Kills", total=given.kills)
            for cycle in campaign.run():
                cycles.append(cycle)
                bar.update(task, advance=1 if cycle.kind != "settled" else 0, description=f"Kills ({cycle.kind})")
                for problem in cycle.problems:
                    bar.console.print(f"[bold red]{cycle.number} {cycle.kind} ({cycle.how}):[/] {problem}", markup=True)
    finally:
        if given.keep_output:
            given.keep_output.write_bytes(city.told.read_bytes() if city.told.exists() else b"")
        city.stop()
    losses = [problem for cycle in cycles for problem in cycle.problems]
    if given.report:
        write_report(given.report, cycles, campaign.end, seed=given.seed, seconds=time.monotonic() - began)
    console.print(
        f"{sum(cycle.kind != 'settled' for cycle in cycles)} kills, {campaign.end.get('acknowledged', 0)} acknowledged"
        f" writes, {len(losses)} problems, {time.monotonic() - began:.0f} s. Log: {given.log}"
    )
    return 1 if losses or len(cycles) != given.kills + 1 else 0


def _leave(*_: object) -> None:
    """Let the city be ended and removed on the way out."""
    raise SystemExit("Ended before the first kill; the city is removed.")


def _stop_early(campaign: Campaign) -> None:
    console.print("Stopping after this kill; what waits is settled and counted first.")
    campaign.stopping = True


_WHY = {
    "disk-full": "It needs root, to mount a small disk from a file.",
    "clock": "It needs a C compiler (Debian: apt install gcc libc6-dev).",
}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="torture", description="Kill a city under load and count what is left.")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same plan")
    parser.add_argument("--only", action="append", choices=[*FAULTS], help="only this kind; may be given again")
    parser.add_argument(
        "--log", type=Path, default=Path(".cache/torture/log.jsonl"), help="a line of JSON for each kill"
    )
    parser.add_argument("--report", type=Path, help="write the summary into this Markdown page")
    parser.add_argument("--no-disk", action="store_true", help="use the folder's own disk, even as root")
    parser.add_argument("--keep-output", type=Path, help="keep what the city printed in this file")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
