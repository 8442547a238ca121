"""Categories, their questions and what is published of them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cityhall.apps.service_requests.contracts.states import Datatype, Detail, Moderation, Outcome


@dataclass(frozen=True, slots=True)
class QuestionFacts:
    """A question of a category, texts in every language. `values` are (key, translated name) pairs."""

    code: str
    text: Mapping[str, str]
    datatype: Datatype
    required: bool = False
    variable: bool = True
    order: int = 1
    hint: Mapping[str, str] = field(default_factory=dict)
    values: tuple[tuple[str, Mapping[str, str]], ...] = ()
    when_code: str = ""
    when_values: tuple[str, ...] = ()
    is_public: bool = True


@dataclass(frozen=True, slots=True)
class Policy:
    """A category's publication policy: how much of place, text and photo is public, and whether they wait."""

    place: Detail = Detail.EXACT
    text: Detail = Detail.EXACT
    photo: Detail = Detail.EXACT
    moderation: Moderation = Moderation.AT_ONCE


@dataclass(frozen=True, slots=True)
class CategoryInfo:
    """A category in one language."""

    id: uuid.UUID
    code: str
    name: str
    description: str
    keywords: tuple[str, ...]
    notice: str
    group_code: str
    group: str
    is_active: bool
    is_emergency: bool
    has_questions: bool
    asset_layer: str
    department_id: uuid.UUID | None
    target_days: int | None
    policy: Policy
    duplicate_metres: int
    open311_without_key: bool
    open311_per_minute: int
    proof_photo: bool = False


@dataclass(frozen=True, slots=True)
class QuestionInfo:
    """A question in one language; `values` are (key, name) pairs."""

    code: str
    text: str
    hint: str
    datatype: Datatype
    variable: bool
    required: bool
    order: int
    values: tuple[tuple[str, str], ...]
    when_code: str
    when_values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Definition:
    """A category and its questions, in one language."""

    category: CategoryInfo
    questions: tuple[QuestionInfo, ...]


@dataclass(frozen=True, slots=True)
class CategorySettings:
    """What can be set of a category, names in every language. `updated_at` stands for its version."""

    code: str
    name: Mapping[str, str]
    target_days: int | None
    department_id: uuid.UUID | None
    team_id: uuid.UUID | None
    place: Detail
    text: Detail
    photo: Detail
    moderation: Moderation
    is_active: bool
    is_emergency: bool
    updated_at: datetime
    proof_photo: bool = False
    approve: tuple[Outcome, ...] = ()


@dataclass(frozen=True, slots=True)
class PackLook:
    """What loading a category pack would do.

    Args:
        categories: how many are in the pack.
        changed: what of the city it changes, a line for each thing.
        added: what it adds, by kind and code.
        lacking: in which of the city's languages texts are missing, a line for each.
        is_first: the city has no category yet.
    """

    categories: int
    changed: list[str]
    added: list[str]
    lacking: list[str]
    is_first: bool
