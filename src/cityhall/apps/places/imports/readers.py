"""Reads GeoJSON, zipped shapefiles and CSV, plain or compressed, into rows in WGS84 degrees."""

from __future__ import annotations

import csv
import gzip
import io
import json
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from cityhall.apps.places.rules.geometry import is_point
from cityhall.kernel.errors import Invalid

if TYPE_CHECKING:
    import pyproj

MOST_BYTES = 1_000_000_000
"""The largest file read, unpacked. A city's addresses take a few hundred megabytes."""
MOST_TIMES = 40
"""How much larger a file may become when it is unpacked, once that is more than `_SMALL`: texts shrink to a tenth."""
_SMALL = 50_000_000
_BROKEN = (
    EOFError, OSError, RuntimeError, NotImplementedError, ValueError, struct.error, zlib.error, lzma.LZMAError,
    zipfile.BadZipFile,
)  # fmt: skip
_LATS = ("lat", "latitude", "y", "y_lat", "point_y", "latitud")
_LONS = ("lon", "lng", "long", "longitude", "x", "x_long", "point_x", "longitud")
_DEGREES = {"EPSG:4326", "OGC:CRS84", "CRS84", "EPSG::4326", "EPSG:4269"}


@dataclass(frozen=True, slots=True)
class Raw:
    """One row as the file has it: its geometry in WGS84 (None when there is none) and its columns.

    `problem` says why the geometry cannot be used; "" when it can.
    """

    row: int
    geometry: dict[str, Any] | None
    properties: dict[str, Any]
    problem: str = ""


def refuse(reason: str) -> Invalid:
    """Return the refusal of a whole file."""
    return Invalid({"file": reason}, code="file_refused")


def _damaged(name: str, problem: Exception) -> Invalid:
    return refuse(_("%(file)s is damaged: %(problem)s") % {"file": name, "problem": problem})


def _too_large(name: str, most: int) -> Invalid:
    return refuse(_("%(file)s unpacks to more than %(size)d MB") % {"file": name, "size": most // 1_000_000})


def read(path: Path, crs: str = "") -> list[Raw]:
    """Return the rows of a file. `crs` is used when the file does not name its own.

    Raises:
        Invalid: the file is none of the known kinds, is damaged or too large, or its coordinates are unknown ones.
    """
    try:
        data = path.read_bytes()
    except OSError as problem:
        raise refuse(
            _("%(file)s cannot be read: %(problem)s") % {"file": path.name, "problem": problem.strerror}
        ) from problem
    name = path.name
    if data[:2] == b"\x1f\x8b":
        data, name = _gunzip(data, name), name.removesuffix(".gz")
    if data[:4] == b"PK\x03\x04":
        return _zipped(data, name, crs)
    return _plain(data, name, crs)


def _plain(data: bytes, name: str, crs: str) -> list[Raw]:
    if not data.strip():
        raise refuse(_("%(file)s is empty") % {"file": name})
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["}:
        return _geojson(data, name, crs)
    # A page that was saved under the name of an archive, as a refused download is, would else be a table of one line.
    if b"\0" in data[:4096] or name.lower().endswith(".zip"):
        raise refuse(
            _("%(file)s is neither GeoJSON, CSV nor a zipped shapefile (zip the .shp with its .dbf and .prj)")
            % {"file": name}
        )
    return _csv(data, name, crs)


def _gunzip(data: bytes, name: str) -> bytes:
    try:
        with gzip.open(io.BytesIO(data)) as stream:
            most = _most(len(data))
            plain = stream.read(most + 1)
    except _BROKEN as problem:
        raise _damaged(name, problem) from problem
    if len(plain) > most:
        raise _too_large(name, most)
    return plain


def _most(packed: int) -> int:
    """Return how many bytes may come out of so many packed ones."""
    return min(MOST_BYTES, max(_SMALL, packed * MOST_TIMES))


def _geojson(data: bytes, name: str, crs: str) -> list[Raw]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as problem:
        raise refuse(
            _("%(file)s begins like JSON but is not: %(problem)s") % {"file": name, "problem": problem}
        ) from problem
    if not isinstance(found, dict) or found.get("type") not in {"FeatureCollection", "Feature"}:
        keys = ", ".join(list(found)[:6]) if isinstance(found, dict) else _("a list")
        if isinstance(found, dict) and ("dataUrl" in found or "locationName" in found):
            raise refuse(
                _("%(file)s describes another file (%(keys)s) and holds no places: import that file instead")
                % {"file": name, "keys": keys}
            )
        raise refuse(
            _("%(file)s is JSON, but no GeoJSON FeatureCollection: it holds %(keys)s") % {"file": name, "keys": keys}
        )
    features = found["features"] if found["type"] == "FeatureCollection" else [found]
    if not isinstance(features, list):
        raise refuse(_("%(file)s has no list of features") % {"file": name})
    project = _projection(_named_crs(found) or crs)
    rows = []
    for number, feature in enumerate(features, 1):
        feature = feature if isinstance(feature, dict) else {}
        properties = feature.get("properties")
        own = dict(properties) if isinstance(properties, dict) else {}
        if "id" in feature and "id" not in own:
            own["id"] = feature["id"]
        rows.append(_row(number, feature.get("geometry"), own, project))
    return _checked(rows, name)


def _named_crs(found: dict[str, Any]) -> str:
    """Return the coordinate system of the old `crs` member (GeoJSON 2008); "" for none or degrees."""
    crs = found.get("crs")
    inner = crs.get("properties") if isinstance(crs, dict) else None
    named = inner.get("name") if isinstance(inner, dict) else None
    return str(named) if named else ""


def _projection(crs: str) -> pyproj.Transformer | None:
    if not crs or crs.upper().split("CRS:")[-1] in _DEGREES or crs.upper().endswith("CRS84"):
        return None
    import pyproj  # large, and web processes seldom read a file of places

    try:
        return pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    except pyproj.exceptions.ProjError as problem:
        raise refuse(
            _("the coordinate system '%(crs)s' is unknown: %(problem)s") % {"crs": crs[:80], "problem": problem}
        ) from problem


def _row(number: int, geometry: Any, properties: dict[str, Any], project: pyproj.Transformer | None) -> Raw:
    if not isinstance(geometry, dict) or not geometry.get("coordinates"):
        return Raw(number, None, properties, _("it has no geometry"))
    try:
        coordinates = _converted(geometry["coordinates"], project)
    except (TypeError, ValueError, IndexError, OverflowError, RecursionError):
        return Raw(number, None, properties, _("its coordinates cannot be read"))
    return Raw(number, {"type": geometry.get("type"), "coordinates": coordinates}, properties)


def _converted(coordinates: Any, project: pyproj.Transformer | None) -> Any:
    """Return nested coordinates as longitude, latitude pairs; heights are dropped."""
    if not isinstance(coordinates, list | tuple):
        raise TypeError("coordinates are nested lists of numbers")
    if isinstance(coordinates[0], int | float):
        x, y = float(coordinates[0]), float(coordinates[1])
        return list(project.transform(x, y)) if project else [x, y]
    if project and isinstance(coordinates[0][0], int | float):  # a line or ring in one call
        xs, ys = project.transform(
            [float(point[0]) for point in coordinates], [float(point[1]) for point in coordinates]
        )
        return [list(pair) for pair in zip(xs, ys, strict=True)]
    return [_converted(item, project) for item in coordinates]


def _checked(rows: list[Raw], name: str) -> list[Raw]:
    """Refuse a file whose places are not in degrees; single bad rows are left to quarantine."""
    if not rows:
        raise refuse(_("%(file)s holds no rows") % {"file": name})
    placed = [row for row in rows if row.geometry]
    bad = sum(not _in_degrees(row.geometry) for row in placed if row.geometry)
    if placed and bad == len(placed):
        raise refuse(
            _(
                "the coordinates in %(file)s are not degrees of longitude and latitude: say which system they are in,"
                " for instance with --crs EPSG:2230"
            )
            % {"file": name}
        )
    return rows


def _in_degrees(geometry: dict[str, Any]) -> bool:
    point = geometry["coordinates"]
    while isinstance(point[0], list):
        point = point[0]
    return is_point(point[1], point[0])


def _zipped(data: bytes, name: str, crs: str) -> list[Raw]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _BROKEN as problem:
        raise _damaged(name, problem) from problem
    with archive:
        # What macOS adds to a zip (__MACOSX, ._ and .DS_Store) holds nothing of ours.
        members = [
            member
            for member in archive.infolist()
            if not member.is_dir()
            and "__MACOSX" not in PurePosixPath(member.filename).parts
            and not PurePosixPath(member.filename).name.startswith(".")
        ]
        most = _most(len(data))
        if sum(member.file_size for member in members) > most:
            raise _too_large(name, most)
        shapes = [member.filename for member in members if member.filename.lower().endswith(".shp")]
        if len(shapes) > 1:
            raise refuse(
                _("%(file)s holds more than one shapefile (%(shapes)s): zip each alone")
                % {"file": name, "shapes": ", ".join(shapes)}
            )
        if shapes:
            return _shapefile(archive, shapes[0], [member.filename for member in members], crs)
        texts = [m.filename for m in members if m.filename.lower().endswith((".geojson", ".json", ".csv"))]
        if len(texts) == 1:
            return _plain(_part(archive, texts[0]), texts[0], crs)
    raise refuse(_("%(file)s holds no shapefile, and not exactly one GeoJSON or CSV file") % {"file": name})


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        return archive.read(name)
    except _BROKEN as problem:
        raise _damaged(name, problem) from problem


def _shapefile(archive: zipfile.ZipFile, shape_name: str, names: Sequence[str], crs: str) -> list[Raw]:
    import shapefile  # as seldom

    stem = shape_name[:-4].lower()

    def part(ending: str) -> io.BytesIO | None:
        found = next((name for name in names if name.lower() == stem + ending), None)
        return io.BytesIO(_part(archive, found)) if found else None

    dbf, prj, cpg = part(".dbf"), part(".prj"), part(".cpg")
    if dbf is None:
        raise refuse(_("%(file)s comes without its .dbf, so its shapes have no names") % {"file": shape_name})
    encoding = (cpg.read().decode("ascii", "ignore").strip() if cpg else "") or "utf-8"
    project = _projection(prj.read().decode("utf-8", "replace") if prj else crs)
    try:
        reader = shapefile.Reader(
            shp=part(".shp"), shx=part(".shx"), dbf=dbf, encoding=encoding, encodingErrors="replace"
        )
        rows = list(_shapes(reader, project))
    except (
        shapefile.ShapefileException, LookupError, ValueError, OSError, TypeError, AttributeError, OverflowError,
        EOFError, struct.error,
    ) as problem:  # fmt: skip
        raise _damaged(shape_name, problem) from problem
    return _checked(rows, shape_name)


def _shapes(reader: Any, project: pyproj.Transformer | None) -> Iterator[Raw]:
    for number, item in enumerate(reader.iterShapeRecords(), 1):
        properties = {
            key: value.isoformat() if isinstance(value, date) else value.strip() if isinstance(value, str) else value
            for key, value in item.record.as_dict().items()
        }
        geometry = item.shape.__geo_interface__ if item.shape.points else None
        yield _row(number, geometry, properties, project)


def _csv(data: bytes, name: str, crs: str) -> list[Raw]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    try:
        dialect: Any = csv.Sniffer().sniff(text[:8192], delimiters=",;\t|")
    except csv.Error:
        dialect = csv.excel
    try:
        table = list(csv.DictReader(io.StringIO(text, newline=""), dialect=dialect, restkey="_more", strict=True))
    except csv.Error as problem:
        raise refuse(_("%(file)s is no CSV: %(problem)s") % {"file": name, "problem": problem}) from problem
    if not table:
        raise refuse(_("%(file)s holds no rows under its heading") % {"file": name})
    by_fold = {str(column).strip().lower(): str(column) for column in table[0]}
    lat = next((by_fold[column] for column in _LATS if column in by_fold), None)
    lon = next((by_fold[column] for column in _LONS if column in by_fold), None)
    project = _projection(crs)
    rows = []
    for number, record in enumerate(table, 1):
        properties = {key: (value or "").strip() for key, value in record.items() if isinstance(value, str | None)}
        if lat is None or lon is None:
            rows.append(Raw(number, None, properties, _("it has no latitude and longitude")))
            continue
        try:
            point = [float(properties[lon].replace(",", ".")), float(properties[lat].replace(",", "."))]
        except ValueError:
            rows.append(Raw(number, None, properties, _("its latitude or longitude is no number")))
            continue
        rows.append(_row(number, {"type": "Point", "coordinates": point}, properties, project))
    return _checked(rows, name)
