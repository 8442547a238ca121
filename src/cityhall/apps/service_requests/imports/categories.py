"""The category each record belongs to: ours where the name or code is known, else one that is made, safely."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from operator import itemgetter

from cityhall.apps.service_requests import rules
from cityhall.apps.service_requests.contracts import Detail, Policy, Showing
from cityhall.apps.service_requests.imports.profiles import Profile
from cityhall.apps.service_requests.imports.records import Record
from cityhall.apps.service_requests.models import Category, CategoryGroup
from cityhall.kernel.columns import each

IMPORTED = "imported"
_SAYS = itemgetter(
    *map(Record._fields.index, ("category", "category_code", "group", "policy", "place_detail", "text_state"))
)
_LONGEST = 60


class Categories:
    """Finds and makes categories for one import.

    A category that has to be made is closed for filing until staff open it, shows places only roughly and no words or
    photos: nobody has yet decided what of it the public may see. `open_for_filing` opens them at once. Where the file
    says how it was published (our own exports), the category gets that policy, and the strictest when rows differ.
    """

    def __init__(self, profile: Profile, *, open_for_filing: bool = False) -> None:
        self._profile = profile
        self._open = open_for_filing
        self._by_code: dict[str, str] = {}
        self._by_name: dict[str, str] = {}
        self._policies: dict[str, Policy] = {}
        self.made: list[str] = []
        self.tightened: set[str] = set()
        self._said: set[tuple[str, str, str, str]] = set()
        self._answers: dict[tuple[str, ...], str] = {}
        for row in Category.objects.all():
            self._remember(row)

    def of_all(self, records: Sequence[Record]) -> list[str]:
        """Return the codes of the records' categories, made in their order where they are unknown."""
        said = list(map(_SAYS, records))
        one_of_each = dict(zip(reversed(said), reversed(records), strict=True))
        return each(said, lambda what: self._answered(what, one_of_each[what]))

    def known(self, records: Sequence[Record]) -> list[str] | None:
        """Return what `of_all` would; None where it would have to ask the database, or to change anything."""
        try:
            return list(map(self._answers.__getitem__, map(_SAYS, records)))
        except KeyError:
            return None

    def _answered(self, what: tuple[str, ...], record: Record) -> str:
        code = self.of(record)
        self._answers[what] = code
        return code

    def of(self, record: Record) -> str:
        """Return the code of the record's category, made when it is unknown."""
        code = slug(record.category_code or record.category)
        known = self._by_code.get(code) or self._by_name.get(record.category.casefold())
        if known in self._policies:
            self._tighten(known, record)
        return known or self._make(code, record)

    def _tighten(self, code: str, record: Record) -> None:
        """Keep a category that this import made to the strictest of what its rows say."""
        says = (code, record.policy, record.place_detail, record.text_state)
        if says in self._said:
            return
        self._said.add(says)
        before = self._policies[code]
        policy = rules.strictest(before, evidence(record, self._profile))
        if policy == before:
            return
        self._policies[code] = policy
        Category.objects.filter(code=code).update(**_settings(policy))
        self.tightened.add(code)

    def _remember(self, row: Category) -> str:
        """Emergencies are left out: nothing is filed under them, so history of that name gets a category of its own."""
        if not row.is_emergency:
            self._by_code[row.code] = row.code
            for name in row.name.values():
                self._by_name.setdefault(str(name).casefold(), row.code)
        return row.code

    def _make(self, code: str, record: Record) -> str:
        group_code = slug(record.group) if record.group else IMPORTED
        names: Mapping[str, str] = {"en": record.group} if record.group else {"en": "Imported", "es": "Importadas"}
        group, _ = CategoryGroup.objects.get_or_create(code=group_code, defaults={"name": names, "order": 90})
        if Category.objects.filter(code=code, is_emergency=True).exists():
            code = f"{IMPORTED}-{code}"[:60]
        policy = evidence(record, self._profile)
        row, made = Category.objects.get_or_create(
            code=code,
            defaults={
                "group": group,
                "name": {"en": record.category},
                "is_active": self._open,
                **_settings(policy),
                "open311_without_key": False,
            },
        )
        self._answers.clear()  # a new category may be meant from now on
        if made:
            self.made.append(code)
            self._policies[code] = policy
        self._by_name[record.category.casefold()] = code
        return self._remember(row)


def evidence(record: Record, profile: Profile) -> Policy:
    """Return the most that a row lets a category show which has to be made for it.

    What a row does not say is the profile's to say, and that is strict unless somebody wrote otherwise.
    """
    place = Detail(record.place_detail) if record.place_detail in set(Detail) else None
    text = None
    if record.text_state:
        text = Detail.EXACT if record.text_state == Showing.SHOWN else Detail.WITHHELD
    stated = rules.policy_from(record.policy)
    if stated is None:
        return Policy(place or profile.place_policy, text or profile.text_policy, profile.photo_policy)
    # One text that a person withheld says nothing of its category; a place is as coarse as the policy made it.
    return rules.strictest(stated, replace(stated, place=place or stated.place))


def _settings(policy: Policy) -> dict[str, str]:
    return {
        "place_policy": policy.place,
        "text_policy": policy.text,
        "photo_policy": policy.photo,
        "moderation": policy.moderation,
    }


@lru_cache(maxsize=4096)
def slug(name: str) -> str:
    """Return a category's code for a name: lower case, no accents, words joined by `-`, at most 60 characters.

    Where that loses letters, as of names in Cyrillic, a few of a hash follow: other names have other codes.
    """
    folded = "".join(one for one in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(one))
    code = re.sub(r"[^a-z0-9]+", "-", folded.encode("ascii", "ignore").decode()).strip("-")
    if len(code) > _LONGEST or any(one.isalnum() and not one.isascii() for one in folded):
        mark = hashlib.sha256(folded.encode("utf-8", "replace")).hexdigest()[:8]
        code = f"{code[: _LONGEST - len(mark) - 1].strip('-')}-{mark}".strip("-")
    return code or "not-stated"
