"""What other portals are told of a dataset: one entry, written as DCAT-US 1.1, as DCAT-US 3.0 and as schema.org."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

US_1_1: Final = "https://project-open-data.cio.gov/v1.1/schema"
NO_MAIL: Final = "no-address@cityhall.invalid"
"""Both schemas want an address. This one, below a name that is reserved for being nobody's, says there is none."""
_MAIL: Final = re.compile(r"[\w~!$&'()*+,;=:.-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_LICENCES: Final = {
    "cc0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "cc0 1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "cc by 4.0": "https://creativecommons.org/licenses/by/4.0/",
    "cc by sa 4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "pddl 1.0": "https://opendatacommons.org/licenses/pddl/1-0/",
    "odbl 1.0": "https://opendatacommons.org/licenses/odbl/1-0/",
    "odc by 1.0": "https://opendatacommons.org/licenses/by/1-0/",
}
_LONGEST_RIGHTS: Final = 255


@dataclass(frozen=True, slots=True)
class Body:
    """The city as a publisher.

    Args:
        mail: where questions go; "" for none.
        bounds: west, south, east, north; None while nothing is known of where the city is.
    """

    name: str
    mail: str
    bounds: tuple[float, float, float, float] | None


@dataclass(frozen=True, slots=True)
class Door:
    """One way to a dataset's rows. `is_file` says whether its address gives them all, or is where programs ask."""

    title: str
    url: str
    kind: str
    format: str
    is_file: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """What there is to say of a dataset, in one language.

    Args:
        identifier: the same for ever.
        other_title: the title in another language of the city's; "" for none.
        every: the promise as an ISO 8601 duration; "" for none.
        dictionary: where its columns are described for programs.
        themes: what it is about.
    """

    identifier: str
    title: str
    other_title: str
    description: str
    languages: Sequence[str]
    owner: str
    licence: str
    every: str
    changed: datetime
    page: str
    dictionary: str
    keywords: Sequence[str]
    doors: Sequence[Door]
    themes: Sequence[str] = ()


def licence_address(licence: str) -> str:
    """Return the address of a licence, "" when its words name none that is known."""
    if licence.startswith(("https://", "http://")) and not re.search(r"\s", licence):
        return licence
    return _LICENCES.get(" ".join(licence.lower().replace("-", " ").split()), "")


def mail_address(text: str) -> str:
    """Return an address as both schemas take it, or the one that says there is none."""
    return f"mailto:{text if _MAIL.fullmatch(text) else NO_MAIL}"


def us_1_1(entries: Sequence[Entry], body: Body, address: str) -> dict[str, Any]:
    """Return a DCAT-US 1.1 catalogue, as its schema for bodies that are not federal wants it."""
    return {
        "@context": "https://project-open-data.cio.gov/v1.1/schema/catalog.jsonld",
        "@id": address,
        "@type": "dcat:Catalog",
        "conformsTo": US_1_1,
        "describedBy": f"{US_1_1}/catalog.json",
        "dataset": [_dataset_1_1(entry, body) for entry in entries],
    }


def _dataset_1_1(entry: Entry, body: Body) -> dict[str, Any]:
    city = {"@type": "org:Organization", "name": body.name}
    told: dict[str, Any] = {
        "@type": "dcat:Dataset",
        "identifier": entry.identifier,
        "title": entry.title,
        "description": entry.description[:10_000],
        "keyword": list(entry.keywords),
        "modified": entry.changed.isoformat(timespec="seconds"),
        "publisher": {**city, "name": entry.owner, "subOrganizationOf": city} if entry.owner else city,
        "contactPoint": {
            "@type": "vcard:Contact",
            "fn": entry.owner or body.name,
            "hasEmail": mail_address(body.mail),
        },
        "accessLevel": "public",
        "accrualPeriodicity": f"R/{entry.every}" if entry.every else "irregular",
        "landingPage": entry.page,
        "language": list(entry.languages),
        "describedBy": entry.dictionary,
        "describedByType": "application/json",
        "distribution": [
            {
                "@type": "dcat:Distribution",
                "title": door.title,
                "format": door.format,
                **({"downloadURL": door.url, "mediaType": door.kind} if door.is_file else {"accessURL": door.url}),
            }
            for door in entry.doors
        ],
    }
    if entry.themes:
        told["theme"] = list(entry.themes)
    if body.bounds:
        told["spatial"] = ",".join(f"{degrees:.6g}" for degrees in body.bounds)
    if licence := licence_address(entry.licence):
        told["license"] = licence
    elif entry.licence:
        told["rights"] = entry.licence[:_LONGEST_RIGHTS]
    return told


def us_3_0(entries: Sequence[Entry], body: Body, address: str) -> dict[str, Any]:
    """Return a DCAT-US 3.0 catalogue."""
    return {
        "@id": address,
        "@type": "Catalog",
        "conformsTo": {"@type": "Standard", "title": "DCAT-US 3.0"},
        "title": body.name,
        "publisher": {"@type": "Organization", "name": body.name},
        "dataset": [_dataset_3_0(entry, body) for entry in entries],
    }


def _dataset_3_0(entry: Entry, body: Body) -> dict[str, Any]:
    city = {"@type": "Organization", "name": body.name}
    told: dict[str, Any] = {
        "@id": entry.page,
        "@type": "Dataset",
        "identifier": entry.identifier,
        "title": entry.title,
        "description": entry.description,
        "keyword": list(entry.keywords),
        "modified": entry.changed.isoformat(timespec="seconds"),
        "publisher": {**city, "name": entry.owner, "subOrganizationOf": [city]} if entry.owner else city,
        "contactPoint": {"@type": "Kind", "fn": entry.owner or body.name, "hasEmail": mail_address(body.mail)},
        "accessRights": "public",
        "accrualPeriodicity": f"R/{entry.every}" if entry.every else "irregular",
        "landingPage": {"@type": "Document", "title": entry.title, "accessURL": entry.page},
        "language": list(entry.languages),
        "describedBy": {"@type": "Distribution", "accessURL": entry.dictionary, "mediaType": "application/json"},
        "distribution": [
            {
                "@type": "Distribution",
                "title": door.title,
                "format": door.format,
                "mediaType": door.kind,
                "downloadURL" if door.is_file else "accessURL": door.url,
                **({"license": entry.licence} if entry.licence else {}),
            }
            for door in entry.doors
        ],
    }
    if entry.themes:
        told["theme"] = [{"@type": "Concept", "prefLabel": theme} for theme in entry.themes]
    if body.bounds:
        west, south, east, north = (f"{degrees:.6g}" for degrees in body.bounds)
        corners = f"{west} {south}, {east} {south}, {east} {north}, {west} {north}, {west} {south}"
        told["spatial"] = [{"@type": "Location", "prefLabel": body.name, "bbox": f"POLYGON(({corners}))"}]
    return told


def schema_org(entry: Entry, body: Body) -> dict[str, Any]:
    """Return what search engines read in a dataset's page."""
    told: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": entry.page,
        "identifier": entry.identifier,
        "url": entry.page,
        "name": entry.title,
        "description": entry.description,
        "inLanguage": list(entry.languages),
        "keywords": list(entry.keywords),
        "isAccessibleForFree": True,
        "dateModified": entry.changed.isoformat(timespec="seconds"),
        "creator": _organization(entry.owner or body.name),
        "publisher": _organization(body.name),
        "distribution": [
            {"@type": "DataDownload", "name": door.title, "encodingFormat": door.kind, "contentUrl": door.url}
            for door in entry.doors
            if door.is_file
        ],
    }
    if entry.other_title:
        told["alternateName"] = entry.other_title
    if entry.licence:
        told["license"] = licence_address(entry.licence) or entry.licence
    if body.bounds:
        west, south, east, north = body.bounds
        box = {"@type": "GeoShape", "box": f"{south:.6g} {west:.6g} {north:.6g} {east:.6g}"}
        told["spatialCoverage"] = {"@type": "Place", "name": body.name, "geo": box}
    return told


def _organization(name: str) -> Mapping[str, str]:
    return {"@type": "Organization", "name": name}
