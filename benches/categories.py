"""How often the suggested category is right: `python benches/categories.py`.

Three sets of words, none of which the model was made with: 120 Spanish sentences of our own, and the real words that
residents of San Diego and New Orleans wrote, read from CITYHALL_REAL_DATA. Each is asked of the shipped catalogue, as
on a city's first day; the real ones also in ten parts, each asked after learning from the other nine. Beside each
figure stands the search by words alone, and Wilson's interval at 95 %. Prints one JSON line for each set; with
`--misses` also every text whose first suggestion was wrong.
"""

from __future__ import annotations

import json
import os
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("CITYHALL_REAL_DATA", HERE.parents[1] / "shared" / "data")) / "311"
REAL = {
    "san_diego": DATA / "san_diego_getitdone_free_text_2025.jsonl",
    "new_orleans": DATA / "new_orleans_311_2016_part1.json",
}
SPANISH = HERE.parent / "tests" / "triage" / "data" / "spanish.tsv"
PARTS = 10

Asked = tuple[str, frozenset[str]]


def main() -> None:
    """Run and print."""
    os.environ.setdefault("CITYHALL_LOG_LEVEL", "ERROR")
    from cityhall.cli.runtime import load_django

    load_django()
    show("spanish", "first day", spanish(), "es")
    for name, path in REAL.items():
        if not path.exists():
            print(f"{path} is not here: left out.", file=sys.stderr)
            continue
        asked, left_out = real(name, path)
        print(json.dumps({"set": name, "asked": len(asked), "without_a_counterpart": left_out}))
        show(name, "first day", asked, "en")
        show(name, "after learning", asked, "en", learns=True)


def spanish() -> list[Asked]:
    """Return our own sentences."""
    rows = (line.split("\t") for line in SPANISH.read_text(encoding="utf-8").splitlines())
    return [(text, frozenset({code})) for code, text in rows]


def real(name: str, path: Path) -> tuple[list[Asked], int]:
    """Return a city's words whose category has a counterpart, and how many have none."""
    from cityhall.apps.service_requests import public as requests

    stands_for = tomllib.loads((HERE / "categories.toml").read_text(encoding="utf-8"))[name]
    asked = []
    said = [one for one in requests.read_history([path]).records if one.description.strip()]
    for one in said:
        codes = stands_for.get(f"{one.category} / {one.detail.strip()}") or stands_for.get(one.category)
        if codes:
            asked.append((one.description, frozenset(codes)))
    return asked, len(said) - len(asked)


def show(name: str, when: str, asked: Sequence[Asked], language: str, *, learns: bool = False) -> None:
    """Print one set's figures and misses."""
    from cityhall.apps.service_requests import public as requests
    from cityhall.apps.triage.contracts import Example
    from cityhall.apps.triage.services import judging

    pack = requests.read_category_pack()
    examples = [Example(text, min(codes)) for text, codes in asked]
    answers = judging.Answers()
    order: list[int] = []
    for part in range(PARTS if learns else 1):
        ours = [at for at in range(len(asked)) if not learns or at % PARTS == part]
        learnt = [one for at, one in enumerate(examples) if learns and at % PARTS != part]
        answers.add(judging.answer(pack, learnt, [examples[at] for at in ours], [language] * len(ours)))
        order.extend(ours)
    right = [asked[at][1] for at in order]
    print(json.dumps({"set": name, "when": when, "n": len(order), **judging.figures(answers, right)}))
    for at, given in zip(order, answers.suggested, strict=True):
        if asked[at][1].isdisjoint(given[:1]) and "--misses" in sys.argv:
            _miss(asked[at], given)


def _miss(asked: Asked, given: Sequence[str]) -> None:
    found: Mapping[str, Any] = {"missed": asked[0][:100], "right": sorted(asked[1]), "suggested": list(given[:3])}
    print(json.dumps(found, ensure_ascii=False))


if __name__ == "__main__":
    main()
