"""The catalogue as a category pack: what an export writes down, and what a pack to be loaded is compared with."""

from __future__ import annotations

from typing import Any

from cityhall.apps.identity import public as identity
from cityhall.apps.service_requests.models import Category, CategoryGroup
from cityhall.apps.service_requests.rules.packs import CATEGORY_FIELDS, QUESTION_FIELDS


def category_pack() -> dict[str, list[dict[str, Any]]]:
    """Return every group, department and category with its questions, each with all its settings."""
    departments = {one.id: one for one in identity.departments()}
    categories = []
    rows = Category.objects.select_related("group").prefetch_related("questions")
    for row in rows.order_by("group__order", "group__code", "order", "code"):
        own = departments.get(row.department_id) if row.department_id else None
        values = {name: getattr(row, name) for name in CATEGORY_FIELDS if name not in {"questions", "department"}}
        values |= {"group": row.group.code, "department": own.code if own else ""}
        questions = sorted(row.questions.all(), key=lambda one: (one.order, one.code))
        values["questions"] = [{name: getattr(one, name) for name in QUESTION_FIELDS} for one in questions]
        categories.append({name: values[name] for name in CATEGORY_FIELDS})
    return {
        "departments": [{"code": one.code, "name": dict(one.name)} for one in departments.values()],
        "groups": [
            {"code": group.code, "name": group.name, "order": group.order, "icon": group.icon}
            for group in CategoryGroup.objects.order_by("order", "code")
        ],
        "categories": categories,
    }
