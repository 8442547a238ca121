"""The colours hold the contrasts the design promises, in light and in dark."""

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOKENS = json.loads((ROOT / "frontend" / "theme.tokens.json").read_text())
STATUSES = ["received", "scheduled", "in_progress", "referred", "fixed", "closed", "contested", "duplicate"]
GROUNDS = ["surface", "canvas", "sunken", "wash"]
TEXT_PAIRS = [
    *((text, ground) for text in ("ink", "soft", "primary") for ground in GROUNDS),
    *((f"status-{status}", f"status-{status}-tint") for status in STATUSES),
    *((f"status-{status}", "map-land") for status in STATUSES),
    *((kind, f"{kind}-tint") for kind in ("danger", "ok", "warn")),
    ("on-primary", "primary"),
    ("on-primary", "primary-hover"),
    ("on-header", "header"),
    ("on-header-soft", "header"),
    ("on-kerb", "kerb"),
    ("map-label", "map-land"),
    ("map-water-label", "map-water"),
    ("map-cluster-count", "map-cluster"),
]


def luminance(hex_colour: str) -> float:
    parts = [int(hex_colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(mode: str, one: str, other: str) -> float:
    high, low = sorted((luminance(TOKENS[mode][name]["$value"]["hex"]) for name in (one, other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_is_readable(mode: str, text: str, ground: str) -> None:
    assert contrast(mode, text, ground) >= 4.5


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("ground", ["surface", "canvas"])
def test_a_field_s_border_is_visible(mode: str, ground: str) -> None:
    assert contrast(mode, "control", ground) >= 3


def test_light_and_dark_name_the_same_colours() -> None:
    assert TOKENS["light"].keys() == TOKENS["dark"].keys()


def test_components_agree_with_the_hex_they_stand_for() -> None:
    for mode in ("light", "dark"):
        for name, token in TOKENS[mode].items():
            if name.startswith("$"):
                continue
            value = token["$value"]
            from_hex = [int(value["hex"][i : i + 2], 16) / 255 for i in (1, 3, 5)]
            assert value["components"] == pytest.approx(from_hex, abs=0.001), (mode, name)


def test_no_other_source_names_a_colour() -> None:
    import re

    sources = [*(ROOT / "frontend" / "src").rglob("*.css"), *(ROOT / "frontend" / "src").rglob("*.ts")]
    assert sources
    for source in sources:
        assert not re.search(r"#[0-9a-fA-F]{6}\b|#[0-9a-fA-F]{3}\b(?=\s*[;,)])", source.read_text()), source.name
