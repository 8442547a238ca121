"""What search engines read in a dataset's page."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import json_script
from django.utils.safestring import SafeString

from cityhall.apps.opendata.contracts import DatasetInfo
from cityhall.apps.opendata.rules import catalogues as written
from cityhall.apps.opendata.web import catalogues

register = template.Library()


@register.simple_tag(takes_context=True)
def linked_data(context: Any, info: DatasetInfo) -> SafeString:
    """Return the dataset as schema.org's JSON-LD: data, which no browser runs and no content policy stops."""
    told = written.schema_org(catalogues.entry(context["request"], info), catalogues.body())
    script = json_script(told).replace('type="application/json"', 'type="application/ld+json"', 1)
    return SafeString(script)  # `json_script` has escaped it
