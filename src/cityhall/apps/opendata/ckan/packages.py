"""Datasets as CKAN's packages with their resources, owners as organizations, and licences."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from cityhall.apps.opendata import rules
from cityhall.apps.opendata.ckan.fields import ROW_ID, TYPES
from cityhall.apps.opendata.contracts import ColumnInfo, DatasetInfo
from cityhall.apps.opendata.rules import topics

Pick = Callable[[Any], str]

_CC: Final = "https://creativecommons.org"
_ODC: Final = "https://opendatacommons.org/licenses"
_LICENCES: Final = (
    ("cc-zero", "Creative Commons CCZero", f"{_CC}/publicdomain/zero/1.0/", r"\bcc[ -]?(zero|0)|/zero/"),
    ("cc-by-sa", "Creative Commons Attribution Share-Alike", f"{_CC}/licenses/by-sa/4.0/", r"\bby-sa\b"),
    ("cc-by", "Creative Commons Attribution", f"{_CC}/licenses/by/4.0/", r"\bcc[ -]by\b(?!-)|ns\.org/licenses/by/\d"),
    ("odc-pddl", "Open Data Commons Public Domain Dedication and License (PDDL)", f"{_ODC}/pddl/", r"\bpddl\b"),
    ("odc-by", "Open Data Commons Attribution License", f"{_ODC}/by/", r"\bodc-by\b|opendatacommons\.org/licenses/by"),
    ("odc-odbl", "Open Data Commons Open Database License (ODbL)", f"{_ODC}/odbl/", r"\bodbl\b"),
)  # fmt: skip
"""Name, title and address of each, and the words and addresses in contracts that mean it."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where things lie on this server, as whole addresses.

    Args:
        page: of a dataset's code; dump: of its id; download: of its code and a format.
        formats: of a dataset's downloads, each with its media type.
    """

    page: Callable[[str], str]
    dump: Callable[[str], str]
    download: Callable[[str, str], str]
    formats: Callable[[DatasetInfo], Sequence[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence as CKAN knows it."""

    id: str
    title: str
    url: str
    is_open: bool

    def told(self) -> dict[str, Any]:
        """Return CKAN's object."""
        return {
            "id": self.id,
            "title": self.title,
            "url": self.url,
            "status": "active",
            "domain_data": self.is_open,
            "domain_content": self.is_open,
            "domain_software": False,
            "is_generic": False,
            "is_okd_compliant": self.is_open,
            "od_conformance": "approved" if self.is_open else "not reviewed",
            "osd_conformance": "not reviewed",
            "family": "",
            "maintainer": "",
            "title_i18n": "",
        }


NOT_SPECIFIED: Final = Licence("notspecified", "License not specified", "", is_open=False)


def licence(text: str) -> Licence:
    """Return the licence that a contract's words or address mean."""
    if not text:
        return NOT_SPECIFIED
    url = text if text.startswith(("https://", "http://")) else ""
    for name, title, address, pattern in _LICENCES:
        if re.search(pattern, text, re.IGNORECASE):
            return Licence(name, title, url or address, is_open=True)
    return Licence(rules.dataset_name(text), text, url, is_open=False)


def licences(datasets: Iterable[DatasetInfo]) -> list[Licence]:
    """Return those everybody knows and those in use."""
    known = [Licence(name, title, url, is_open=True) for name, title, url, _pattern in _LICENCES]
    found = {one.id: one for one in [*known, NOT_SPECIFIED, *(licence(dataset.licence) for dataset in datasets)]}
    return list({**found, **{one.id: one for one in known}}.values())


def package_id(dataset: DatasetInfo) -> str:
    """Return the id of a dataset as a package; `dataset.id` is that of its rows."""
    return str(uuid.uuid5(dataset.id, "package"))


def organization_name(owner: str) -> str:
    """Return an owner's name in addresses."""
    return rules.dataset_name(owner)


def is_called(dataset: DatasetInfo, name: str) -> bool:
    """Say whether this is the package's id or name, or the dataset's 4x4."""
    return name in (package_id(dataset), dataset.name, dataset.code)


def organization(owner: str, count: int | None = None) -> dict[str, Any]:
    """Return an owner as CKAN's organization, with how many packages it has when that is told."""
    name = organization_name(owner)
    told = {
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"organization/{name}")),
        "name": name,
        "title": owner,
        "display_name": owner,
        "type": "organization",
        "description": "",
        "image_url": "",
        "image_display_url": "",
        "is_organization": True,
        "approval_status": "approved",
        "state": "active",
    }
    return told if count is None else {**told, "package_count": count}


def tag(topic: topics.Topic, pick: Pick) -> dict[str, Any]:
    """Return a topic as CKAN's tag."""
    name = topics.code(topic)
    own = str(uuid.uuid5(uuid.NAMESPACE_URL, f"tag/{name}"))
    return {"id": own, "name": name, "display_name": pick(topic), "vocabulary_id": None, "state": "active"}


def group(topic: topics.Topic, pick: Pick, count: int | None = None) -> dict[str, Any]:
    """Return a topic as CKAN's group, with how many packages it has when that is told."""
    name = topics.code(topic)
    told = {
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"group/{name}")),
        "name": name,
        "title": pick(topic),
        "display_name": pick(topic),
        "description": "",
        "image_display_url": "",
    }
    if count is None:
        return told
    return {**told, "type": "group", "is_organization": False, "state": "active", "package_count": count}


def package(dataset: DatasetInfo, addresses: Addresses, pick: Pick) -> dict[str, Any]:
    """Return a dataset as CKAN's package."""
    terms = licence(dataset.licence)
    resources = list(_resources(dataset, addresses, pick))
    return {
        "id": package_id(dataset),
        "name": dataset.name,
        "title": pick(dataset.title),
        "notes": pick(dataset.description),
        "url": addresses.page(dataset.code),
        "version": str(dataset.number),
        "author": dataset.owner,
        "author_email": "",
        "maintainer": dataset.owner,
        "maintainer_email": "",
        "license_id": terms.id,
        "license_title": terms.title,
        "license_url": terms.url,
        "isopen": terms.is_open,
        "owner_org": organization(dataset.owner)["id"] if dataset.owner else None,
        "organization": organization(dataset.owner) if dataset.owner else None,
        "private": False,
        "state": "active",
        "type": "dataset",
        "creator_user_id": None,
        "metadata_created": moment(created(dataset)),
        "metadata_modified": moment(dataset.published_at),
        "num_resources": len(resources),
        "resources": resources,
        "num_tags": len(dataset.topics),
        "tags": [tag(topic, pick) for topic in dataset.topics],
        "groups": [group(topic, pick) for topic in dataset.topics],
        "extras": list(_extras(dataset)),
        "relationships_as_object": [],
        "relationships_as_subject": [],
    }


def _extras(dataset: DatasetInfo) -> Iterable[dict[str, str]]:
    yield {"key": "identifier", "value": dataset.code}
    if dataset.fresh_within:
        yield {"key": "frequency", "value": dataset.fresh_within}
        yield {"key": "freshness", "value": dataset.freshness.value}


def created(dataset: DatasetInfo) -> datetime:
    """Return when a dataset was first published, which its id tells (UUID version 7)."""
    return datetime.fromtimestamp((dataset.id.int >> 80) / 1000, UTC)


def moment(at: datetime) -> str:
    """Return a moment as CKAN writes it: UTC, without saying so."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")


def _resources(dataset: DatasetInfo, addresses: Addresses, pick: Pick) -> Iterable[dict[str, Any]]:
    title = pick(dataset.title)
    own = _resource(dataset, str(dataset.id), f"{title} (table)", "CSV", "text/csv", addresses.dump(str(dataset.id)))
    yield {**own, "datastore_active": True, "url_type": "datastore", "total_record_count": dataset.rows}
    for fmt, kind in addresses.formats(dataset):
        own_id = str(uuid.uuid5(dataset.id, fmt))
        url = addresses.download(dataset.code, fmt)
        yield _resource(dataset, own_id, f"{title} ({fmt.upper()})", fmt.upper(), kind, url)


def _resource(dataset: DatasetInfo, own_id: str, name: str, fmt: str, kind: str, url: str) -> dict[str, Any]:
    return {
        "id": own_id,
        "package_id": package_id(dataset),
        "name": name,
        "description": "",
        "format": fmt,
        "mimetype": kind,
        "url": url,
        "url_type": None,
        "resource_type": None,
        "hash": "",
        "size": None,
        "state": "active",
        "created": moment(created(dataset)),
        "last_modified": moment(dataset.published_at),
        "metadata_modified": moment(dataset.published_at),
        "datastore_active": False,
    }


def numbered(package: dict[str, Any]) -> dict[str, Any]:
    """Return a package whose resources know their places."""
    resources = [{**one, "position": place} for place, one in enumerate(package["resources"])]
    return {**package, "resources": resources}


def datastore_info(dataset: DatasetInfo, pick: Pick) -> dict[str, Any]:
    """Return what `datastore_info` says: how many rows there are, and the data dictionary."""
    first = _field(ROW_ID, "text", unique=True, notnull=True)
    return {
        "meta": {
            "id": str(dataset.id),
            "aliases": [dataset.name, dataset.code],
            "count": dataset.rows,
            "table_type": "BASE TABLE",
            "size": dataset.size,
        },
        "fields": [first, *(_described(column, pick) for column in dataset.columns)],
    }


def _described(column: ColumnInfo, pick: Pick) -> dict[str, Any]:
    told = _field(column.name, TYPES[column.type.kept_as], unique=False, notnull=not column.nulls)
    notes = [pick(column.description), f"Unit: {column.unit}." if column.unit else ""]
    label = pick(column.title) or column.name
    return {**told, "info": {"label": label, "notes": " ".join(text for text in notes if text)}}


def _field(name: str, kind: str, *, unique: bool, notnull: bool) -> dict[str, Any]:
    schema = {"native_type": kind, "notnull": notnull, "uniquekey": unique, "is_index": unique, "index_name": None}
    return {"id": name, "type": kind, "schema": schema}
