"""The answers room's addresses. `localized` ones get a language prefix, `plain` ones never."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from cityhall.apps.answers.web import desk, notices

localized: list[URLPattern | URLResolver] = [
    path("desk/answers/", desk.answers, name="desk-answers"),
    path("desk/answers/new/", desk.new, name="desk-answer-new"),
    path("desk/answers/<uuid:answer_id>/", desk.answer, name="desk-answer"),
    path("desk/notices/", notices.notices, name="desk-notices"),
    path("desk/notices/read/", notices.read, name="desk-notices-read"),
    path("desk/notices/mail/", notices.mail, name="desk-notices-mail"),
    path("desk/notices/colleagues.json", notices.colleagues, name="desk-colleagues"),
]
plain: list[URLPattern | URLResolver] = []
