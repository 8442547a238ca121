"""The pages about limits and ASVS say what is there: numbers, parsers, files, tests, counts."""

from __future__ import annotations

import re
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils.module_loading import import_string

ROOT = Path(__file__).resolve().parents[2]
LIMITS = (ROOT / "docs/reference/limits.md").read_text(encoding="utf-8")
ASVS = (ROOT / "docs/explanation/asvs.md").read_text(encoding="utf-8")
NUMBERS = re.findall(r"^\| `([\w.]+)` \| ([\d.]+) \|$", LIMITS, re.M)
PARSERS = re.findall(r"^\| [^|]+ \| `([\w.]+)` \| `([\w/.]+)::(\w+)` \|$", LIMITS, re.M)
ITEMS = re.findall(r"^\| (\d+\.\d+\.\d+) \| [^|]+ \| (met|not applicable|\*\*not met\*\*) \| ([^|]+) \|$", ASVS, re.M)
#: What no list may forget.
MUST = {"opening.open_file", "readers.read", "parse.requests", "packs.problems", "public.take", "archive.check",
        "archive.opened", "settings_file.read", "rules.read_answers", "profiles.load", "dates.parser"}  # fmt: skip


def value(name: str) -> Any:
    module, _, attribute = name.rpartition(".")
    return getattr(settings if module == "cityhall.config.settings" else import_module(module), attribute)


@pytest.mark.parametrize(("name", "told"), NUMBERS)
def test_a_number_is_the_codes(name: str, told: str) -> None:
    assert value(name) == float(told)


def test_every_parser_has_its_fuzz_test() -> None:
    assert len(NUMBERS) > 20
    assert {".".join(parser.split(".")[-2:]) for parser, _, _ in PARSERS} >= MUST
    for parser, file, test in PARSERS:
        assert import_string(parser)
        assert f"def {test}(" in (ROOT / file).read_text(encoding="utf-8"), test


def test_every_item_names_files_that_are_there() -> None:
    missing = [
        f"{item}: {path}"
        for item, _, evidence in ITEMS
        for path in re.findall(r"`((?:[\w.-]+/)+[\w.-]+\.\w+|[A-Z]\w+\.md|Makefile|pyproject\.toml)`", evidence)
        if not (ROOT / path).exists() and not (ROOT / "src/cityhall" / path).exists()
    ]
    assert missing == []


def test_every_item_that_is_met_names_where() -> None:
    silent = [item for item, verdict, evidence in ITEMS if verdict == "met" and len(evidence) < 3]
    assert silent == []


def test_the_page_counts_rightly() -> None:
    found = Counter(verdict for _, verdict, _ in ITEMS)
    assert len(ITEMS) == len({item for item, _, _ in ITEMS})
    told = re.search(r"^(\d+) are met, (\d+) do not apply, (\d+) are not met\.", ASVS, re.M)
    assert told is not None
    assert [int(part) for part in told.groups()] == [found["met"], found["not applicable"], found["**not met**"]]
