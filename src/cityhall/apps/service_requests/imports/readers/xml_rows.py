"""GeoReport's XML, and any XML whose records stand side by side under the root. Entities and DTDs are refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO
from xml.etree.ElementTree import Element, ParseError  # types only: parsing is defusedxml's

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from cityhall.apps.service_requests.imports.readers.table_rows import BROKEN_STREAM
from cityhall.apps.service_requests.imports.records import Row, Unusable

_DEPTH = 24


def xml_rows(stream: BinaryIO) -> Iterator[Row]:
    """Iterate over the children of the document's root, each dropped from memory once it has been given out.

    Raises:
        Unusable: the document declares entities or a DTD, or is an error answer.
    """
    number = 0
    depth = 0
    root: Element | None = None
    try:
        for event, element in _events(stream):
            if event == "start":
                depth += 1
                if depth > _DEPTH:
                    yield Row(number + 1, {}, "file_broken", "The records are nested too deep.")
                    return
                if root is None:
                    root = element
                    _fit(root)
                continue
            depth -= 1
            if depth == 1 and root is not None:
                number += 1
                yield Row(number, flat(element))
                root.clear()
    except DefusedXmlException as error:
        raise Unusable("The XML declares entities or a DTD, which records never need. It was not read.") from error
    except (ParseError, LookupError, ValueError, *BROKEN_STREAM) as error:
        yield Row(number + 1, {}, "file_broken", f"The file breaks off after record {number}: {error}.")


def flat(element: Element) -> dict[str, str]:
    """Return an element's children as text by dotted column. Name spaces are left off; repeats are joined by `, `."""
    found: dict[str, str] = {}
    _flatten(element, "", found)
    return found


def _flatten(element: Element, path: str, found: dict[str, str]) -> None:
    for child in element:
        name = str(child.tag).rpartition("}")[2]
        column = f"{path}.{name}" if path else name
        if len(child):
            _flatten(child, column, found)
        else:
            text = (child.text or "").strip()
            found[column] = f"{found[column]}, {text}" if found.get(column) and text else found.get(column) or text


def _events(stream: BinaryIO) -> Iterator[tuple[str, Any]]:
    yield from iterparse(stream, events=("start", "end"), forbid_dtd=True)


def _fit(root: Element) -> None:
    name = str(root.tag).rpartition("}")[2]
    if name == "errors":
        raise Unusable("The file is an error answer of a server, not records. Ask the server again.")
