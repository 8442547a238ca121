"""How to use a dataset in the tools people have: texts that work when pasted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from cityhall.apps.opendata.contracts import DatasetInfo


@dataclass(frozen=True, slots=True)
class Snippet:
    """Something to paste: `hint` says where, when that is not plain."""

    code: str
    title: str
    text: str
    hint: str = ""


def snippets(request: HttpRequest, info: DatasetInfo, *, has_place: bool) -> list[Snippet]:
    """Return the snippets of a dataset, with whole addresses on this server."""
    home = urlsplit(request.build_absolute_uri("/"))
    rows = request.build_absolute_uri(reverse("soda-rows", args=[info.code, "json"]))
    table, typed = (
        request.build_absolute_uri(reverse("soda-whole", args=[info.code, form])) for form in ("csv", "parquet")
    )
    found = [
        Snippet("curl", "curl", f"curl '{rows}?$limit=5'"),
        Snippet("requests", "Python, requests", _REQUESTS.format(rows=rows)),
        Snippet("pandas", "Python, pandas", _PANDAS.format(table=typed)),
        Snippet("python", "Python, sodapy", _sodapy(home.netloc, info.code, is_plain=home.scheme == "http")),
        Snippet("r", "R", f'rows <- read.csv("{table}")\nstr(rows)'),
        Snippet("excel", "Excel", table, _("Choose Data, then From Web, and paste this address:")),
    ]
    if has_place:
        places = request.build_absolute_uri(reverse("soda-whole", args=[info.code, "geojson"]))
        hint = _("Choose Layer, Add Layer, Add Vector Layer; source type Protocol, type GeoJSON; paste this address:")
        found.insert(3, Snippet("geopandas", "Python, geopandas", _GEOPANDAS.format(places=places)))
        found.append(Snippet("qgis", "QGIS", places, hint))
    return found


_REQUESTS = """# pip install requests
import requests

rows = requests.get("{rows}", params={{"$limit": 1000}}, timeout=30).json()
print(len(rows))"""

# Parquet, for dates are dates in it, and codes such as 02134 stay texts.
_PANDAS = """# pip install pandas pyarrow
import pandas

table = pandas.read_parquet("{table}")
print(len(table))"""

_GEOPANDAS = """# pip install geopandas
import geopandas

places = geopandas.read_file("{places}")
print(len(places))"""


def _sodapy(host: str, code: str, *, is_plain: bool) -> str:
    client: Any = f'client = Socrata("{host}", None)'
    lines = ["# pip install sodapy"]
    if is_plain:
        lines.append("from requests.adapters import HTTPAdapter")
        client = (
            f'plain = {{"prefix": "http://", "adapter": HTTPAdapter()}}\n'
            f'client = Socrata("{host}", None, session_adapter=plain)'
        )
    lines += ["from sodapy import Socrata", "", client, f'rows = client.get("{code}", limit=1000)', "print(len(rows))"]
    return "\n".join(lines)
