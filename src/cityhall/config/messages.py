"""The interface's texts: collected from code and templates, checked for completeness, compiled for Django.

Works without the GNU gettext programs: Django turns a template into something that reads like code, and Babel
does the rest. `make messages` collects, `make setup` compiles, `make check` asks whether a text lacks its Spanish.
"""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
LANGUAGES = ("es",)
_KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
_BORING_HEADER = re.compile(
    rb'"(POT-Creation-Date|PO-Revision-Date|Generated-By|Last-Translator|Report-Msgid-Bugs-To|Language-Team'
    rb"|Project-Id-Version): [^\n]*\n"
)
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
_FOREIGN_QUOTES = {"es": "“”"}  # Spanish has « »


def catalog_file(language: str) -> Path:
    """Return the language's catalogue of texts."""
    return PACKAGE / "locale" / language / "LC_MESSAGES" / "django.po"


def collect() -> None:
    """Bring every catalogue up to the texts in the code; translations of texts that are gone are dropped."""
    from babel.messages import pofile
    from babel.messages.catalog import Catalog

    template = Catalog(project="Cityhall", charset="utf-8", fuzzy=False)
    for source, line, message, context in _messages():
        template.add(message, None, [(source, line)], context=context, flags=())
    for language in LANGUAGES:
        file = catalog_file(language)
        catalog = _read(language)
        catalog.update(template, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        file.parent.mkdir(parents=True, exist_ok=True)
        out = io.BytesIO()
        pofile.write_po(out, catalog, width=110, omit_header=False, no_location=True, sort_output=True)
        body = _BORING_HEADER.sub(b"", out.getvalue())
        file.write_bytes(body)


def problems() -> list[str]:
    """Return what a reader of another language would miss: texts without translation, or with other placeholders."""
    found = []
    for language in LANGUAGES:
        catalog = _read(language)
        for source, line, message, context in _messages():
            entry = catalog.get(message if isinstance(message, str) else message[0], context)
            texts = entry.string if entry and isinstance(entry.string, tuple) else (entry.string if entry else "",)
            forms = (message,) if isinstance(message, str) else message
            if not all(texts):
                found.append(f"{source}:{line}: no {language} for {forms[0]!r}")
            elif set(_PLACEHOLDER.findall(forms[-1])) != set(_PLACEHOLDER.findall(texts[-1])):
                found.append(f"{source}:{line}: the {language} text has other placeholders than {forms[0]!r}")
            elif any(mark in text for text in texts for mark in _FOREIGN_QUOTES.get(language, "")):
                found.append(f"{source}:{line}: the {language} text has other quotation marks than the language's own")
    return found


def compile_catalogs() -> None:
    """Write the compiled form of every catalogue that is newer than it."""
    from babel.messages import mofile

    for language in LANGUAGES:
        file = catalog_file(language)
        compiled = file.with_suffix(".mo")
        if file.exists() and (not compiled.exists() or compiled.stat().st_mtime < file.stat().st_mtime):
            with compiled.open("wb") as out:
                mofile.write_mo(out, _read(language))


def _read(language: str):  # type: ignore[no-untyped-def]  # Babel's catalogue
    from babel.messages import pofile
    from babel.messages.catalog import Catalog

    file = catalog_file(language)
    if not file.exists():
        header = "# Cityhall's interface texts. Collected by `make messages`; Apache-2.0 like the rest."
        return Catalog(locale=language, project="Cityhall", header_comment=header, fuzzy=False)
    with file.open("rb") as body:
        return pofile.read_po(body, locale=language)


def _messages() -> list[tuple[str, int, str | tuple[str, ...], str | None]]:
    """Return (file, line, text or its singular and plural, context) for every text in the package, each once."""
    from babel.messages.extract import extract
    from django.conf import settings
    from django.utils.translation.template import templatize

    if not settings.configured:
        settings.configure()
    found: dict[tuple[object, object], tuple[str, int, str | tuple[str, ...], str | None]] = {}
    for path in sorted(PACKAGE.rglob("*")):
        if path.suffix not in {".py", ".html", ".txt"} or "migrations" in path.parts or "static" in path.parts:
            continue
        body = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            body = templatize(body)
        name = path.relative_to(PACKAGE).as_posix()
        for line, message, _comments, context in extract(
            "python", io.BytesIO(body.encode()), keywords=_KEYWORDS, options={"encoding": "utf-8"}
        ):
            found.setdefault((message, context), (name, line, message, context))
    return sorted(found.values(), key=lambda entry: (entry[0], entry[1]))


def main() -> None:
    """`collect`, `compile` or `check`."""
    match sys.argv[1:]:
        case ["collect"]:
            collect()
        case ["compile"]:
            compile_catalogs()
        case ["check"]:
            missing = problems()
            sys.stderr.write("".join(f"{problem}\n" for problem in missing))
            sys.exit(1 if missing else 0)
        case _:
            sys.exit("usage: python -m cityhall.config.messages collect|compile|check")


if __name__ == "__main__":
    main()
