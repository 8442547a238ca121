"""Checking what is common to every filed request: its place, its texts, the contact."""

from __future__ import annotations

import math
import re

from cityhall.apps.service_requests.contracts import Contact, Place
from cityhall.apps.service_requests.rules.problems import Problem

MAX_DESCRIPTION = 4000
MAX_SENTENCE = 2000
MAX_ADDRESS = 300
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]+")
_PHONE = re.compile(r"[\d\s()+./x#-]{5,32}", re.I)


def check_place(place: Place) -> dict[str, Problem]:
    """Say what is wrong with a place: it needs a point (both halves, on Earth), an address or an asset."""
    if (place.lat is None) != (place.lon is None):
        return {"place": Problem("place_half")}
    if place.lat is not None and place.lon is not None:
        if not (math.isfinite(place.lat) and math.isfinite(place.lon)):
            return {"place": Problem("place_range")}
        if not (-90 <= place.lat <= 90 and -180 <= place.lon <= 180):
            return {"place": Problem("place_range")}
    elif not (place.address.strip() or place.address_id or place.asset_id):
        return {"place": Problem("place_missing")}
    return check_text("place", place.address, MAX_ADDRESS)


def check_text(field: str, text: str, limit: int, *, at_least: int = 0) -> dict[str, Problem]:
    """Say what is wrong with a text: too short, over `limit` characters, or with characters no database keeps."""
    if len(text.strip()) < at_least:
        return {field: Problem("text_missing")}
    if len(text) > limit:
        return {field: Problem("text_long", limit=limit)}
    if "\x00" in text:
        return {field: Problem("answer_characters")}
    return {}


def check_contact(contact: Contact) -> dict[str, Problem]:
    """Say what is wrong with the contact. Every part of it is optional."""
    problems: dict[str, Problem] = {}
    if contact.email and (len(contact.email) > 254 or not _EMAIL.fullmatch(contact.email)):
        problems["contact.email"] = Problem("email")
    if contact.phone and not _PHONE.fullmatch(contact.phone):
        problems["contact.phone"] = Problem("phone")
    problems |= check_text("contact.first_name", contact.first_name, 100)
    problems |= check_text("contact.last_name", contact.last_name, 100)
    return problems
