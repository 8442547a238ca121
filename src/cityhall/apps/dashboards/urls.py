"""The dashboards room's addresses. `localized` ones get a language prefix, `plain` ones never."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from cityhall.apps.dashboards.web import pages

localized: list[URLPattern | URLResolver] = [
    path("figures/", pages.figures, name="figures"),
    path("figures/<slug:table>.<str:form>", pages.figures_data, name="figures-data"),
    path("desk/figures/", pages.desk_figures, name="desk-figures"),
    path("desk/figures/<slug:table>.<str:form>", pages.desk_figures_data, name="desk-figures-data"),
]
plain: list[URLPattern | URLResolver] = []
