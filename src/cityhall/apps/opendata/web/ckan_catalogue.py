"""CKAN's actions over the catalogue: packages, resources, organizations, tags, groups, licences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse

from cityhall.apps.opendata import queries
from cityhall.apps.opendata.ckan import packages, searching
from cityhall.apps.opendata.ckan.arguments import Arguments
from cityhall.apps.opendata.ckan.datastore import resource_id
from cityhall.apps.opendata.ckan.errors import NotFoundError, SearchQueryError
from cityhall.apps.opendata.contracts import DatasetInfo
from cityhall.apps.opendata.formats import table as formats
from cityhall.apps.opendata.rules import topics
from cityhall.kernel.django.translated import pick

Given = dict[str, Any]
_MOST_PACKAGES: Final = 1_000


def text_of(given: Given, *names: str) -> str:
    """Return the parameter of the first of these names; one must be given. Raises ValidationError."""
    arguments = Arguments(given)
    found = arguments.needed(*names)
    arguments.check()
    return found


def find(name: str, *, rows: bool = False) -> DatasetInfo:
    """Return the dataset of a package; with `rows`, of the resource that holds its rows. Raises NotFoundError."""
    for dataset in queries.datasets():
        own = str(dataset.id) if rows else packages.package_id(dataset)
        if name in (own, dataset.name, dataset.code):
            return dataset
    raise NotFoundError(f'Resource "{name[:100]}" was not found.' if rows else "Dataset not found")


def help_of(given: Given, more: dict[str, Any]) -> str:
    """Return what an action does."""
    name = text_of(given, "name")
    found = ACTIONS.get(name) or more.get(name)
    if found is None:
        raise NotFoundError(f'Action "{name[:100]}" was not found.')
    return str(found.__doc__)


def _all(request: HttpRequest) -> list[dict[str, Any]]:
    def address(name: str, *parts: str) -> str:
        return request.build_absolute_uri(reverse(name, args=parts))

    addresses = packages.Addresses(
        page=lambda code: address("opendata-dataset", code),
        dump=lambda own: address("ckan-dump", own),
        download=lambda code, fmt: address("soda-whole", code, fmt),
        formats=lambda dataset: [(fmt, formats.media_type(fmt)) for fmt in formats.offered(dataset)],
    )
    return [packages.numbered(packages.package(dataset, addresses, pick)) for dataset in queries.datasets()]


def _page(given: Given, found: list[Any], *, most: int = _MOST_PACKAGES, usual: int = _MOST_PACKAGES) -> list[Any]:
    arguments = Arguments(given)
    start, count = arguments.natural("offset", 0), arguments.natural("limit", usual)
    arguments.check()
    return found[start : start + min(count, most)]


def _site_read(_request: HttpRequest, _given: Given) -> bool:
    """Say that this site may be read."""
    return True


def _status_show(request: HttpRequest, _given: Given) -> dict[str, Any]:
    """Describe this site."""
    return {
        "ckan_version": "2.12.0",
        "site_title": "Open data",
        "site_description": "",
        "site_url": request.build_absolute_uri("/").rstrip("/"),
        "error_emails_to": None,
        "locale_default": "en",
        "extensions": ["datastore"],
    }


def _help_show(_request: HttpRequest, given: Given) -> str:
    """Say what an action does: name."""
    return help_of(given, {})


def _package_list(_request: HttpRequest, given: Given) -> list[str]:
    """Return the names of all packages: limit, offset."""
    return _page(given, sorted(dataset.name for dataset in queries.datasets()))


def _package_show(request: HttpRequest, given: Given) -> dict[str, Any]:
    """Return one package: id, which may be its name."""
    wanted = find(text_of(given, "id", "name_or_id"))
    return next(one for one in _all(request) if one["name"] == wanted.name)


def _current_packages(request: HttpRequest, given: Given) -> list[dict[str, Any]]:
    """Return packages with their resources, the newest first: limit, offset."""
    return _page(given, searching.ordered(_all(request), "metadata_modified desc"))


def _package_search(request: HttpRequest, given: Given) -> dict[str, Any]:
    """Search the packages: q, fq, rows, start, sort, facet, facet.field, facet.limit, facet.mincount."""
    arguments = Arguments(given)
    q, sort = arguments.text("q"), arguments.text("sort")
    asked = arguments.given.get("fq_list") or arguments.given.get("fq") or ""
    filters = asked if isinstance(asked, list) else [asked]
    rows, start = arguments.natural("rows", 10), arguments.natural("start", 0)
    fields = arguments.names("facet.field") if arguments.flag("facet", True) else ()
    least = arguments.natural("facet.mincount", 1)
    most = -1 if str(arguments.given.get("facet.limit")) == "-1" else arguments.natural("facet.limit", 50)
    arguments.check()
    if not all(isinstance(one, str) for one in filters):
        raise SearchQueryError("fq is a text.")
    tests = [searching.test(text) for text in (q, *filters)]
    found = searching.ordered([one for one in _all(request) if all(test(one) for test in tests)], sort)
    counted = searching.facets(found, fields, most=most, least=least)
    return {
        "count": len(found),
        "sort": sort or "score desc, metadata_modified desc",
        "results": found[start : start + min(rows, _MOST_PACKAGES)],
        "facets": {field: dict(counts) for field, counts in counted.items()},
        "search_facets": {
            field: {
                "title": field,
                "items": [
                    {"name": value, "display_name": searching.facet_title(field, value, found), "count": count}
                    for value, count in counts.items()
                ],
            }
            for field, counts in counted.items()
        },
    }


def _resources(request: HttpRequest) -> list[dict[str, Any]]:
    return [resource for one in _all(request) for resource in one["resources"]]


def _resource_show(request: HttpRequest, given: Given) -> dict[str, Any]:
    """Return one resource: id; that of the rows also by the dataset's name or 4x4."""
    wanted = text_of(given, "id")
    found = {resource["id"]: resource for resource in _resources(request)}
    return found.get(wanted) or found[str(find(wanted, rows=True).id)]


def _resource_search(request: HttpRequest, given: Given) -> dict[str, Any]:
    """Search the resources: query, such as "format:csv" (several must all hold), order_by, offset, limit."""
    query = given.get("query") or []
    terms = query if isinstance(query, list) else [query]
    found = _resources(request)
    for term in terms:
        field, colon, text = term.partition(":") if isinstance(term, str) else ("", "", "")
        if not colon or field not in ("name", "format", "url", "description", "id", "mimetype"):
            raise SearchQueryError("write a field, a colon and a text, such as format:csv.")
        found = [one for one in found if text.casefold() in str(one[field]).casefold()]
    order = str(given.get("order_by") or "name")
    if order not in ("name", "format", "url", "id", "created", "last_modified"):
        raise SearchQueryError(f"cannot order by {order[:60]!r}.")
    found.sort(key=lambda one: str(one[order]))
    return {"count": len(found), "results": _page(given, found)}


def _owners() -> Counter[str]:
    return Counter(dataset.owner for dataset in queries.datasets() if dataset.owner)


def _organization_list(_request: HttpRequest, given: Given) -> list[Any]:
    """Return who publishes: all_fields, limit, offset."""
    arguments = Arguments(given)
    whole = arguments.flag("all_fields")
    arguments.check()
    found = sorted((packages.organization(owner, count) for owner, count in _owners().items()), key=lambda o: o["name"])
    return _page(given, found if whole else [one["name"] for one in found])


def _organization_show(request: HttpRequest, given: Given) -> dict[str, Any]:
    """Return one of those who publish: id, which may be a name; include_datasets."""
    wanted = text_of(given, "id")
    arguments = Arguments(given)
    with_packages = arguments.flag("include_datasets")
    arguments.check()
    for owner, count in _owners().items():
        told = packages.organization(owner, count)
        if wanted in (told["id"], told["name"]):
            found = [one for one in _all(request) if one["owner_org"] == told["id"]] if with_packages else []
            return {**told, "packages": found, "users": [], "tags": [], "groups": [], "extras": []}
    raise NotFoundError("Organization was not found.")


def _topics() -> dict[str, tuple[topics.Topic, int]]:
    """Return the topics by name, each with how many datasets it has."""
    found = queries.datasets()
    counted = Counter(code for one in found for code in topics.codes(one))
    return {code: (topic, counted[code]) for code, topic in sorted(topics.of_all(found).items())}


def _group_list(_request: HttpRequest, given: Given) -> list[Any]:
    """Return the topics as groups: all_fields, limit, offset."""
    arguments = Arguments(given)
    whole = arguments.flag("all_fields")
    arguments.check()
    found = _topics()
    told: list[Any] = [packages.group(topic, pick, count) for topic, count in found.values()] if whole else list(found)
    return _page(given, told)


def _group_show(request: HttpRequest, given: Given) -> dict[str, Any]:
    """Return one topic as a group: id, which may be a name; include_datasets."""
    wanted = text_of(given, "id")
    arguments = Arguments(given)
    with_packages = arguments.flag("include_datasets")
    arguments.check()
    for name, (topic, count) in _topics().items():
        told = packages.group(topic, pick, count)
        if wanted in (told["id"], name):
            found = [one for one in _all(request) if name in (group["name"] for group in one["groups"])]
            return {**told, "packages": found if with_packages else [], "users": [], "tags": [], "extras": []}
    raise NotFoundError("Group was not found.")


def _tag_list(_request: HttpRequest, given: Given) -> list[Any]:
    """Return the topics as tags: query (part of a name), all_fields, limit, offset."""
    arguments = Arguments(given)
    whole, part = arguments.flag("all_fields"), arguments.text("query").casefold()
    arguments.check()
    found = {name: topic for name, (topic, _count) in _topics().items() if part in name}
    told: list[Any] = [packages.tag(topic, pick) for topic in found.values()] if whole else list(found)
    return _page(given, told)


def _tag_show(_request: HttpRequest, given: Given) -> dict[str, Any]:
    """Return one topic as a tag: id, which may be a name."""
    wanted = text_of(given, "id")
    for name, (topic, _count) in _topics().items():
        told = packages.tag(topic, pick)
        if wanted in (told["id"], name):
            return told
    raise NotFoundError("Tag was not found.")


def _license_list(_request: HttpRequest, _given: Given) -> list[dict[str, Any]]:
    """Return the licences that are known or in use."""
    return [one.told() for one in packages.licences(queries.datasets())]


def _datastore_info(_request: HttpRequest, given: Given) -> dict[str, Any]:
    """Return how many rows a resource has, and its data dictionary: id."""
    return packages.datastore_info(find(resource_id(given), rows=True), pick)


ACTIONS: Final[dict[str, Callable[[HttpRequest, Given], Any]]] = {
    "site_read": _site_read,
    "status_show": _status_show,
    "help_show": _help_show,
    "package_list": _package_list,
    "package_show": _package_show,
    "package_search": _package_search,
    "current_package_list_with_resources": _current_packages,
    "resource_show": _resource_show,
    "resource_search": _resource_search,
    "organization_list": _organization_list,
    "organization_show": _organization_show,
    "group_list": _group_list,
    "group_show": _group_show,
    "tag_list": _tag_list,
    "tag_show": _tag_show,
    "license_list": _license_list,
    "datastore_info": _datastore_info,
}
