"""Who belongs to the group of editors that the content editor keeps."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group

from cityhall.apps.identity import public as identity

EDIT = "website.edit"
_EDITORS = "Moderators"  # the group Wagtail's own migrations give the right to edit and publish every page


def admit(user: Any) -> None:
    """Put somebody who may edit the website among the editors."""
    if not user.groups.filter(name=_EDITORS).exists():
        user.groups.add(Group.objects.get(name=_EDITORS))


def let_go(user: Any) -> None:
    """Take somebody who may not, or may no more, from among them."""
    user.groups.remove(*user.groups.filter(name=_EDITORS))


def let_go_former() -> int:
    """Take all from among the editors who may edit the website no more; return how many.

    The group is more than the way in: the content editor writes to those in it, and shows them its buttons on pages.
    """
    former = []
    for user in Group.objects.get(name=_EDITORS).user_set.all():
        colleague = identity.colleague(user.pk)
        if colleague is None or not colleague.may(EDIT):
            former.append(user)
    for user in former:
        let_go(user)
    return len(former)
