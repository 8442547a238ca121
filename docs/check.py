"""Checks what the docs say against the code: links, the index, settings, commands, drawn pages. Run by `make check`."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = [*sorted((ROOT / "src").rglob("*.py")), ROOT / "Makefile"]
_LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
_VARIABLE = re.compile(r"\b(CITYHALL_[A-Z_]+|DATABASE_URL)\b")
INTERNAL = {"CITYHALL_REAL_DATA", "CITYHALL_REAL_DATA_REQUIRED", "CITYHALL_CHROMIUM"}


def pages() -> Iterator[Path]:
    yield from sorted(ROOT.glob("*.md"))
    yield from sorted((ROOT / "docs").rglob("*.md"))


def broken_links() -> Iterator[str]:
    for page in pages():
        for target in _LINK.findall(page.read_text(encoding="utf-8")):
            if not (page.parent / target).exists():
                yield f"{page.relative_to(ROOT)}: links to {target}, which is not there"


def unlisted() -> Iterator[str]:
    index = ROOT / "docs/index.md"
    listed = {(index.parent / target).resolve() for target in _LINK.findall(index.read_text(encoding="utf-8"))}
    pages_below = (page for page in sorted(index.parent.rglob("*.md")) if page != index)
    yield from (f"docs/index.md lacks {page.relative_to(index.parent)}" for page in pages_below if page not in listed)


def settings() -> Iterator[str]:
    listed = set(_VARIABLE.findall((ROOT / "docs/reference/settings.md").read_text(encoding="utf-8")))
    used: set[str] = set()
    for source in (ROOT / "src/cityhall/config").glob("*.py"):
        text = source.read_text(encoding="utf-8")
        used.update(_VARIABLE.findall(re.sub(r"settings\.CITYHALL_\w+|^CITYHALL_\w+ =", "", text, flags=re.M)))
        used.update(f"CITYHALL_{name.upper()}" for name in re.findall(r'environment\.secret\("(\w+)"\)', text))
        used.update(f"CITYHALL_{name.upper()}_OLD" for name in re.findall(r'former_secrets\("(\w+)"\)', text))
    used -= {"CITYHALL_"}
    yield from (f"docs/reference/settings.md lacks {name}" for name in sorted(used - listed - INTERNAL))
    yield from (f"docs/reference/settings.md lists {name}, which no code reads" for name in sorted(listed - used))


def commands() -> Iterator[str]:
    from typer.main import get_command

    from cityhall.cli import app

    def walk(command: object, words: str) -> Iterator[str]:
        inner = getattr(command, "commands", None)
        if inner is None:
            yield words
            return
        if getattr(command, "invoke_without_command", False):
            yield words
        for name, sub in inner.items():
            yield from walk(sub, f"{words} {name}")

    text = (ROOT / "docs/reference/commands.md").read_text(encoding="utf-8")
    real = set(walk(get_command(app), "cityhall"))
    listed = {match.strip() for match in re.findall(r"^\| `(cityhall[a-z -]*)", text, flags=re.M)}
    yield from (f"docs/reference/commands.md lacks `{name}`" for name in sorted(real - listed))
    yield from (f"docs/reference/commands.md lists `{name}`, which is no command" for name in sorted(listed - real))


def pictures() -> Iterator[str]:
    sys.path.insert(0, str(ROOT / "docs"))
    import draw

    if not draw.PICTURE.exists() or draw.PICTURE.read_text(encoding="utf-8") != draw.draw():
        yield "docs/pictures/architecture.svg is not what the code is now: run make docs"


def main() -> None:
    found = [*broken_links(), *unlisted(), *settings(), *commands(), *pictures()]
    sys.stderr.write("".join(f"{line}\n" for line in found))
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
