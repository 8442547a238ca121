"""The pure decisions of the room: the life of a request, answers, places, and what the public may see."""

from cityhall.apps.service_requests.rules.calls import check_call, phone_key, phone_tail
from cityhall.apps.service_requests.rules.finding import names_of, prefixes, public_words
from cityhall.apps.service_requests.rules.life import (
    TRANSITIONS,
    Transition,
    allowed_actions,
    may_close,
    next_state,
    queue_time,
    root_of,
    status_of,
)
from cityhall.apps.service_requests.rules.merging import merge_doubts
from cityhall.apps.service_requests.rules.problems import Problem
from cityhall.apps.service_requests.rules.publication import (
    Exposure,
    PublicPlace,
    exposure,
    linked,
    may_link,
    photo_showing,
    pick,
    policy_from,
    policy_words,
    public_place,
    publish,
    strictest,
    text_is_public,
    text_showing,
    without_number,
)
from cityhall.apps.service_requests.rules.questions import asked, check_answers, kept_answers
from cityhall.apps.service_requests.rules.submissions import check_contact, check_place, check_text

__all__ = [
    "TRANSITIONS",
    "Exposure",
    "Problem",
    "PublicPlace",
    "Transition",
    "allowed_actions",
    "asked",
    "check_answers",
    "check_call",
    "check_contact",
    "check_place",
    "check_text",
    "exposure",
    "kept_answers",
    "linked",
    "may_close",
    "may_link",
    "merge_doubts",
    "names_of",
    "next_state",
    "phone_key",
    "phone_tail",
    "photo_showing",
    "pick",
    "policy_from",
    "policy_words",
    "prefixes",
    "public_place",
    "public_words",
    "publish",
    "queue_time",
    "root_of",
    "status_of",
    "strictest",
    "text_is_public",
    "text_showing",
    "without_number",
]
