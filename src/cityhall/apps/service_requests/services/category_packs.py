"""Category packs: a city's whole catalogue in one TOML file, loaded again without harm."""

from __future__ import annotations

import hashlib
import tomllib
import uuid
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from django.db import transaction

from cityhall.apps.identity import public as identity
from cityhall.apps.places import public as places
from cityhall.apps.service_requests.contracts import Datatype, Detail, Moderation, PackLook
from cityhall.apps.service_requests.models import Category, CategoryGroup, Question, ServiceRequest
from cityhall.apps.service_requests.queries import catalogue
from cityhall.apps.service_requests.queries.packs import category_pack
from cityhall.apps.service_requests.rules import packs
from cityhall.apps.service_requests.services import finding, work
from cityhall.kernel.actors import Actor, system
from cityhall.kernel.django import audit, outbox
from cityhall.kernel.errors import Invalid

_POLICY = ("place_policy", "text_policy", "photo_policy")
_FIELDS = (
    "order", "is_active", "is_emergency", "asset_layer", "priority", "target_days", "moderation",
    "duplicate_metres", "open311_without_key", "open311_per_minute", "proof_photo", *_POLICY,
)  # fmt: skip
_BATCH = 500


def default_categories() -> Mapping[str, Any]:
    """Return the pack that ships: about forty categories of an American city, in English and Spanish."""
    return tomllib.loads(_shipped())


def _shipped() -> str:
    return (files("cityhall.apps.service_requests.services") / "default_categories.toml").read_text(encoding="utf-8")


def shipped_pack_digest() -> str:
    """Return the SHA-256 of the pack that ships."""
    return hashlib.sha256(_shipped().encode()).hexdigest()


def read_category_pack(path: Path | None = None) -> Mapping[str, Any]:
    """Return a pack that keeps every rule; None reads the one that ships.

    Raises:
        Invalid: field "pack" (not TOML), or by place ("categories[3] pothole: name.en") everything that is wrong.
    """
    if path is None:
        pack = default_categories()
    else:
        try:
            pack = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as problem:
            raise Invalid({"pack": f"This is no TOML file: {problem}"}) from None
        except OSError as problem:
            raise Invalid({"pack": f"{path} cannot be read: {problem.strerror}."}) from None
    if wrong := packs.problems(pack):
        raise Invalid({one.field: f"{one.field} {one.mend}" for one in wrong}, code="bad_pack")
    return pack


def look_at_category_pack(path: Path | None = None) -> PackLook:
    """Say what loading a pack would do to this city, and load nothing. None looks at the one that ships.

    Raises:
        Invalid: see `read_category_pack`.
    """
    read, there = read_category_pack(path), category_pack()
    pack = packs.keeping(read, there)
    return PackLook(
        categories=len(pack["categories"]),
        changed=packs.changed(pack, there),
        added=packs.added(pack, there),
        lacking=packs.lacking(read, places.city().languages),
        is_first=not there["categories"],
    )


def load_category_pack(path: Path | None = None, *, actor: Actor | None = None) -> int:
    """Load a pack's groups, departments and categories; return how many categories. None loads the one that ships.

    What is there already is brought up to date by its code; nothing is removed, nor is a translation that a text of
    the pack leaves out. A category whose policy changes has
    the public form of all its requests made anew in the same transaction.

    Raises:
        Invalid: see `read_category_pack`. Nothing is written then.
    """
    pack = packs.keeping(read_category_pack(path), category_pack())
    who = actor or system("Category pack")
    count = 0
    with transaction.atomic():
        departments = {
            one["code"]: identity.ensure_department(one["code"], one["name"]) for one in pack.get("departments", ())
        }
        groups = {one["code"]: _group(one, order) for order, one in enumerate(pack.get("groups", ()), start=1)}
        for order, one in enumerate(pack.get("categories", ()), start=1):
            settings = {key: value for key, value in one.items() if key not in {"code", "group", "department"}}
            ensure_category(
                one["code"],
                group=groups[one["group"]],
                department_id=departments.get(one.get("department", "")),
                **{"order": order, **settings},
            )
            count += 1
        audit.record(
            who, "service_requests.pack_loaded", subject_kind="category", subject_id=None, data={"categories": count}
        )
        outbox.record("service_requests.categories_changed", subject_id=None, data={"categories": count})
    return count


def _group(one: Mapping[str, Any], order: int) -> CategoryGroup:
    return CategoryGroup.objects.update_or_create(
        code=one["code"],
        defaults={"name": one["name"], "order": one.get("order", order * 10), "icon": one.get("icon", "")},
    )[0]


def ensure_category(
    code: str,
    *,
    group: CategoryGroup | str,
    name: Mapping[str, str],
    description: Mapping[str, str] | None = None,
    keywords: Mapping[str, Sequence[str]] | None = None,
    notice: Mapping[str, str] | None = None,
    questions: Sequence[Mapping[str, Any]] = (),
    department_id: Any = None,
    team_id: Any = None,
    **fields: Any,
) -> Category:
    """Make a category, or bring the one with this code up to date.

    Args:
        group: its group, or the group's code; a code nobody knows makes a group named after it.
        questions: each with "code", "text", "datatype" and what else `Question` has; replaces those there were.
        fields: any of the category's other settings.

    Raises:
        Invalid: an unknown setting or value, by its name.
    """
    unknown = [key for key in fields if key not in _FIELDS]
    if unknown:
        raise Invalid({unknown[0]: f"Category {code}: there is no setting {unknown[0]!r}."})
    for key in _POLICY:
        if key in fields and fields[key] not in set(Detail):
            raise Invalid({key: f"Category {code}: {key} is exact, generalised or withheld."})
    if fields.get("moderation", Moderation.AT_ONCE) not in set(Moderation):
        raise Invalid({"moderation": f"Category {code}: moderation is at_once or waits."})
    if isinstance(group, str):
        group = CategoryGroup.objects.get_or_create(
            code=group, defaults={"name": {"en": group.replace("-", " ").capitalize()}}
        )[0]
    values: dict[str, Any] = {
        "group": group,
        "name": dict(name),
        "description": dict(description or {}),
        "keywords": {language: list(words) for language, words in (keywords or {}).items()},
        "notice": dict(notice or {}),
        "team_id": team_id,
        **fields,
    }
    if department_id is not None:
        values["department_id"] = department_id
    with transaction.atomic():
        before = Category.objects.filter(code=code).first()
        category, _made = Category.objects.update_or_create(code=code, defaults=values)
        _set_questions(category, questions)
        if before is not None and (catalogue.policy_of(before), before.name) != (
            catalogue.policy_of(category),
            category.name,
        ):
            reapply(category)
    return category


def _set_questions(category: Category, questions: Sequence[Mapping[str, Any]]) -> None:
    kept = []
    for order, given in enumerate(questions, start=1):
        if given.get("datatype", "string") not in set(Datatype):
            raise Invalid({given["code"]: f"Question {given['code']}: unknown datatype {given['datatype']!r}."})
        defaults = {"order": order, **{key: value for key, value in given.items() if key != "code"}}
        Question.objects.update_or_create(category=category, code=given["code"], defaults=defaults)
        kept.append(given["code"])
    Question.objects.filter(category=category).exclude(code__in=kept).delete()


def reapply(category: Category) -> int:
    """Make the public form of every request of a category anew, after its policy or name changed; return how many.

    Each batch is a transaction, where the caller has none. Each request is locked as it is read: what somebody changes
    or erases meanwhile comes after it.
    """
    count, last = 0, uuid.UUID(int=0)
    while some := _reapply_after(last, category):
        count, last = count + len(some), some[-1].id
    return count


@transaction.atomic
def _reapply_after(last: uuid.UUID, category: Category) -> list[ServiceRequest]:
    policy = catalogue.policy_of(category)
    wanted = ServiceRequest.objects.select_for_update().filter(category=category, id__gt=last)
    some = list(wanted.order_by("id")[:_BATCH])
    for request in some:
        request.category = category
        work.reapply_policy(request, policy)
        finding.index(request)
        request.save(
            update_fields=[
                "public_lat", "public_lon", "public_address", "public_areas", "public_cell", "public_cell7", "words"
            ]
        )  # fmt: skip
    return some
