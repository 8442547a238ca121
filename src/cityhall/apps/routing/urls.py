"""The routing room's addresses. `localized` ones get a language prefix, `plain` ones never."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from cityhall.apps.routing.web import draft, sets, targets

localized: list[URLPattern | URLResolver] = [
    path("desk/routing/", sets.page, name="desk-routing"),
    path("desk/routing/draft/", draft.page, name="desk-routing-draft"),
    path("desk/routing/draft/act/", draft.act, name="desk-routing-act"),
    path("desk/routing/draft/rules/new/", draft.new, name="desk-routing-rule-new"),
    path("desk/routing/draft/rules/<int:number>/", draft.rule, name="desk-routing-rule"),
    path("desk/routing/versions/<int:number>/", sets.one, name="desk-routing-version"),
    path("desk/routing/targets/", targets.page, name="desk-routing-targets"),
]
plain: list[URLPattern | URLResolver] = []
