"""Categories and their questions, in one language."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import groupby
from typing import cast

from django.db.models import Exists, Max, OuterRef
from django.utils.translation import gettext_lazy as _

from cityhall.apps.places import public as places
from cityhall.apps.service_requests.contracts import (
    CategoryInfo,
    Definition,
    Policy,
    QuestionFacts,
    QuestionInfo,
)
from cityhall.apps.service_requests.models import Category, CategoryGroup, Question
from cityhall.apps.service_requests.queries import rows
from cityhall.apps.service_requests.rules.publication import pick
from cityhall.kernel.django.reading import lasting, read, remembered, shared
from cityhall.kernel.errors import NotFound


def categories(
    language: str | None = None, lat: float | None = None, lon: float | None = None, *, everything: bool = False
) -> tuple[CategoryInfo, ...]:
    """Return the active categories in the order of their groups; none for a point outside the city.

    Emergencies are among them, marked: a door shows them so that it can say to call 911.

    Args:
        everything: inactive ones too, for the desk.
    """
    if lat is not None and lon is not None and not places.inside(lat, lon):
        return ()
    asked = Question.objects.filter(category=OuterRef("pk"))
    wanted = Category.objects.select_related("group").annotate(has_questions=Exists(asked))
    if not everything:
        wanted = wanted.filter(is_active=True)
    tongue = rows.language_of(language)
    return tuple(
        _info(row, tongue, has_questions=row.has_questions)
        for row in wanted.order_by("group__order", "group__code", "order", "code")
    )


def definition(code: str, *, language: str | None = None) -> Definition:
    """Return a category with its questions, in order. Raises NotFound for an unknown or inactive code."""
    row = category_row(code) if "\x00" not in code else None
    if row is None or not row.is_active:
        raise NotFound(_("There is no such category."))
    group = lasting(f"group:{row.group_id}", lambda: shared(CategoryGroup, "id = %s::uuid", [row.group_id])[0])
    facts = question_facts_of(row)
    tongue = rows.language_of(language)
    made = _definitions.get((code, tongue))
    if made is not None and (made[0] is row and made[1] is group and made[2] is facts):
        return made[3]
    asked = sorted(facts, key=lambda one: (one.order, one.code))
    row.group = group
    info = _info(row, tongue, has_questions=bool(asked))
    found = Definition(info, tuple(_question(one, tongue) for one in asked))
    _definitions[code, tongue] = row, group, facts, found
    return found


_definitions: dict[tuple[str, str], tuple[Category, CategoryGroup, tuple[QuestionFacts, ...], Definition]] = {}
"""What was made last, with what it was made of: a category that did not change is not put into words anew."""


def category_names(language: str | None = None) -> dict[str, str]:
    """Return what every category is called, inactive ones too, by code."""
    tongue = rows.language_of(language)
    found = read("select code, name::text from service_requests_category")
    return {code: pick(rows.texts(name), tongue) for code, name in found}


def category_groups(language: str | None = None) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Return what groups and their categories are called, inactive ones too, in their order: names, codes and names."""
    tongue = rows.language_of(language)
    found = read(
        "select g.id, g.name::text, c.code, c.name::text from service_requests_category c"
        " join service_requests_categorygroup g on g.id = c.group_id"
        ' order by g."order", g.code, c."order", c.code'
    )
    return tuple(
        (pick(json.loads(name), tongue), tuple((code, pick(json.loads(said), tongue)) for *_group, code, said in some))
        for (_id, name), some in groupby(found, key=lambda one: one[:2])
    )


def category_row(code: str) -> Category | None:
    """Return a category's row, active or not, which nobody may change. A request reads it once."""
    found = remembered(f"category:{code}", lambda: shared(Category, "code = %s::varchar", [code]))
    return found[0] if found else None


def catalogue_changed() -> datetime:
    """Return when a category or question last changed; the year 2000 while there are none."""
    moments = [model.objects.aggregate(last=Max("updated_at"))["last"] for model in (Category, Question)]
    return max((moment for moment in moments if moment is not None), default=datetime(2000, 1, 1, tzinfo=UTC))


def question_facts_of(category: Category) -> tuple[QuestionFacts, ...]:
    """Return a category's questions as the rules want them, as they were a second ago at most."""
    found = lasting(f"questions:{category.id}", lambda: rows.questions_of([category.id]))
    return cast(tuple[QuestionFacts, ...], found.get(category.id, ()))


def policy_of(category: Category) -> Policy:
    """Return a category's publication policy."""
    return rows.policy_in(category.place_policy, category.text_policy, category.photo_policy, category.moderation)


def _info(row: Category, language: str, *, has_questions: bool) -> CategoryInfo:
    return CategoryInfo(
        id=row.id,
        code=row.code,
        name=pick(row.name, language),
        description=pick(row.description, language),
        keywords=tuple(row.keywords.get(language) or row.keywords.get("en") or ()),
        notice=pick(row.notice, language),
        group_code=row.group.code,
        group=pick(row.group.name, language),
        is_active=row.is_active,
        is_emergency=row.is_emergency,
        has_questions=has_questions,
        asset_layer=row.asset_layer,
        department_id=row.department_id,
        target_days=row.target_days,
        policy=policy_of(row),
        duplicate_metres=row.duplicate_metres,
        open311_without_key=row.open311_without_key,
        open311_per_minute=row.open311_per_minute,
        proof_photo=row.proof_photo,
    )


def _question(facts: QuestionFacts, language: str) -> QuestionInfo:
    return QuestionInfo(
        code=facts.code,
        text=pick(facts.text, language),
        hint=pick(facts.hint, language),
        datatype=facts.datatype,
        variable=facts.variable,
        required=facts.required,
        order=facts.order,
        values=tuple((key, pick(name, language)) for key, name in facts.values),
        when_code=facts.when_code,
        when_values=facts.when_values,
    )
