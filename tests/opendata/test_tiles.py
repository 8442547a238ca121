"""Vector tiles: read back by protocol buffers' own library, which knows nothing of how they were written."""

from __future__ import annotations

import gzip
import itertools
from collections.abc import Callable
from typing import Any

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from cityhall.apps.opendata import public
from cityhall.apps.opendata.contracts import Published
from cityhall.apps.opendata.ogc import mvt, tiles
from cityhall.apps.opendata.ogc.mvt import Dot
from cityhall.apps.opendata.ogc.tiles import Square
from cityhall.kernel.actors import system

Kind = descriptor_pb2.FieldDescriptorProto
ONE, MANY = Kind.LABEL_OPTIONAL, Kind.LABEL_REPEATED
#: vector_tile.proto of Mapbox's Vector Tile Specification 2.1: name, number, type, label, message.
FIELDS = {
    "Value": [("string_value", 1, Kind.TYPE_STRING), ("double_value", 3, Kind.TYPE_DOUBLE),
              ("sint_value", 6, Kind.TYPE_SINT64), ("bool_value", 7, Kind.TYPE_BOOL)],
    "Feature": [("tags", 2, Kind.TYPE_UINT32, MANY),
                ("type", 3, Kind.TYPE_UINT32), ("geometry", 4, Kind.TYPE_UINT32, MANY)],
    "Layer": [("name", 1, Kind.TYPE_STRING), ("features", 2, Kind.TYPE_MESSAGE, MANY, "Feature"),
              ("keys", 3, Kind.TYPE_STRING, MANY), ("values", 4, Kind.TYPE_MESSAGE, MANY, "Value"),
              ("extent", 5, Kind.TYPE_UINT32), ("version", 15, Kind.TYPE_UINT32)],
    "Tile": [("layers", 3, Kind.TYPE_MESSAGE, MANY, "Layer")],
}  # fmt: skip


def reader() -> Any:
    file = descriptor_pb2.FileDescriptorProto(name="vector_tile.proto", package="vt", syntax="proto2")
    for message, fields in FIELDS.items():
        made = file.message_type.add(name=message)
        for name, number, kind, *more in fields:
            label = more[0] if more else ONE
            field = made.field.add(name=name, number=number, type=kind, label=label)
            if len(more) > 1:
                field.type_name = f".vt.{more[1]}"
            elif label == MANY and kind == Kind.TYPE_UINT32:
                field.options.packed = True
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("vt.Tile"))


TILE = reader()


def read(body: bytes) -> dict[str, list[tuple[tuple[int, int], dict[str, Any]]]]:
    """Return by layer where each dot is and what it says."""
    found = {}
    for layer in TILE.FromString(body).layers:
        assert (layer.version, layer.extent) == (2, 4096)
        dots = []
        for feature in layer.features:
            move, x, y = feature.geometry
            assert (move, feature.type) == (9, 1)
            pairs = zip(feature.tags[::2], feature.tags[1::2], strict=True)
            told = {layer.keys[key]: layer.values[value].ListFields()[0][1] for key, value in pairs}
            dots.append(((x >> 1 if x % 2 == 0 else -(x + 1) >> 1, y >> 1 if y % 2 == 0 else -(y + 1) >> 1), told))
        found[layer.name] = dots
    return found


def test_what_is_written_is_read_back() -> None:
    told = {"text": "Ñandú ✓", "yes": True, "no": False, "whole": -3, "large": 2**40, "half": 0.5, "huge": 2**70}
    dots = [Dot(0, 4095, told), Dot(-1, 300, {"text": "Ñandú ✓", "one": 1, "same": 1.0})]
    [(name, found)] = read(mvt.tile({"rows": dots, "empty": []})).items()
    assert name == "rows"
    assert found == [((0, 4095), told), ((-1, 300), {"text": "Ñandú ✓", "one": 1, "same": 1.0})]
    assert found[0][1]["yes"] is True
    assert mvt.tile({"rows": []}) == b""


@pytest.mark.parametrize(
    ("square", "there"),
    [((0, 0, 0), True), ((3, 7, 7), True), ((3, 8, 0), False), ((22, 0, 0), True), ((23, 0, 0), False)],
)
def test_there_are_as_many_tiles_as_a_zoom_has(square: tuple[int, int, int], there: bool) -> None:
    assert Square(*square).is_there is there


def test_a_place_lies_in_its_tile_where_mercator_has_it() -> None:
    whole = Square(0, 0, 0)
    assert whole.place(0, 0) == (2048, 2048)
    assert [round(side, 4) for side in whole.sides] == [-180, -85.0511, 180, 85.0511]
    west, south, east, north = Square(12, 714, 1653).sides
    assert (west < -117.16 < east, south < 32.72 < north) == (True, True)
    assert Square(12, 714, 1653).place(west, north) == (0, 0)
    assert Square(12, 714, 1653).place(east - 1e-9, south + 1e-9) == (4095, 4095)


def at(lon: float, lat: float, zoom: int) -> Square:
    """Return the tile of a place."""
    x, y = Square(0, 0, 0).place(lon, lat)
    return Square(zoom, x * 2**zoom // 4096, y * 2**zoom // 4096)


@pytest.fixture
def spots(publish: Callable[..., Published]) -> Callable[[int], str]:
    def publishing(count: int) -> str:
        rows = [
            [str(one), f"{32.7 + one // 50 / 1000:.3f}", f"{-117.2 + one % 50 / 1000:.3f}", "Oak", "1.5", "2024-02-29"]
            for one in range(count)
        ]
        head = ["id", "latitude", "longitude", "species", "height", "planted"]
        return publish([head, *rows, ["none", "", "", "Elm", "", ""]], name="spots").id

    return publishing


@pytest.mark.django_db
def test_a_tile_shows_its_few_rows_with_their_public_values(client: Any, spots: Callable[[int], str]) -> None:
    address = f"/ogc/collections/{spots(3)}/tiles/WebMercatorQuad"
    square = at(-117.2, 32.7, 9)
    response = client.get(f"{address}/{square.zoom}/{square.y}/{square.x}")
    assert response["Content-Type"] == "application/vnd.mapbox-vector-tile"
    found = read(response.content)["rows"]
    assert sorted(told["id"] for _, told in found) == ["0", "1", "2"]
    assert found[0][1].keys() == {":id", "id", "latitude", "longitude", "species", "height", "planted"}
    assert {told["planted"] for _, told in found} == {"2024-02-29"}
    row = client.get(f"{address.split('/tiles')[0]}/items/{found[0][1][':id']}", {"f": "json"}).json()
    assert square.place(*row["geometry"]["coordinates"]) == found[0][0]
    known = client.get(f"{address}/9/{square.y}/{square.x}", HTTP_IF_NONE_MATCH=response["ETag"])
    assert (known.status_code, known["Cache-Control"]) == (304, "public, max-age=60")
    assert client.get(f"{address}/9/0/0").status_code == 204


@pytest.mark.django_db
def test_many_rows_become_groups_that_count_each_row_once(client: Any, spots: Callable[[int], str]) -> None:
    code = spots(tiles.MOST_ROWS + 100)
    address = f"/ogc/collections/{code}/tiles/WebMercatorQuad"
    packed = client.get(f"{address}/0/0/0", HTTP_ACCEPT_ENCODING="identity").content
    assert [told for _, told in read(packed)["groups"]] == [{"count": tiles.MOST_ROWS + 100}]
    square = at(-117.2, 32.7, 11)
    near = [
        client.get(f"{address}/11/{square.y + down}/{square.x + across}", HTTP_ACCEPT_ENCODING="gzip")
        for across, down in itertools.product((-1, 0, 1), repeat=2)
    ]
    bodies = [gzip.decompress(one.content) if one.has_header("Content-Encoding") else one.content for one in near]
    layers = [read(body) for body in bodies]
    counted = sum(told["count"] for one in layers for _, told in one.get("groups", []))
    assert counted + sum(len(one.get("rows", [])) for one in layers) == tiles.MOST_ROWS + 100


@pytest.mark.django_db
def test_tiles_describe_themselves_as_ogcs_and_as_tilejson(client: Any, spots: Callable[[int], str]) -> None:
    here = f"/ogc/collections/{spots(3)}"
    collection = client.get(here).json()
    [tiling] = [one["href"] for one in collection["links"] if one["rel"].endswith("/tilesets-vector")]
    [one] = client.get(tiling).json()["tilesets"]
    told = client.get(next(link["href"] for link in one["links"] if link["rel"] == "self")).json()
    assert told["tileMatrixSetURI"].endswith("/WebMercatorQuad")
    assert told["boundingBox"]["lowerLeft"] == pytest.approx([-13046644, 3855598], abs=2000)
    assert told["boundingBox"]["crs"] == told["crs"]
    scheme = client.get(next(link["href"] for link in told["links"] if link["rel"].endswith("/tiling-scheme"))).json()
    assert [one["matrixWidth"] for one in scheme["tileMatrices"]] == [2**zoom for zoom in range(tiles.DEEPEST + 1)]
    assert scheme["tileMatrices"][0]["scaleDenominator"] == pytest.approx(559_082_264.028717)
    limits = told["tileMatrixSetLimits"][9]
    near = at(-117.2, 32.7, 9)
    assert (limits["tileMatrix"], limits["minTileRow"], limits["maxTileCol"]) == ("9", near.y, near.x)
    [template] = [link for link in told["links"] if link["rel"] == "item"]
    assert template["templated"] is True
    square = at(-117.2, 32.7, 9)
    address = template["href"].format(tileMatrix=9, tileRow=square.y, tileCol=square.x)
    assert client.get(address).status_code == 200
    tilejson = client.get(f"{here}/tiles/WebMercatorQuad", {"f": "tilejson"}).json()
    assert client.get(tilejson["tiles"][0].format(z=9, y=square.y, x=square.x)).status_code == 200
    assert tilejson["bounds"] == [-117.2, 32.7, -117.198, 32.7]
    assert {layer["id"]: len(layer["fields"]) for layer in tilejson["vector_layers"]} == {"rows": 7, "groups": 1}


@pytest.mark.django_db
def test_what_is_no_tile_is_refused(
    client: Any, publish: Callable[..., Published], spots: Callable[[int], str]
) -> None:
    code = spots(1)
    for path, status in (
        ("1/2/0", 404), ("23/0/0", 404), ("0/0/0?f=png", 400), ("0/0/0?limit=3", 400), ("99999999999999999999/0/0", 404)
    ):  # fmt: skip
        assert client.get(f"/ogc/collections/{code}/tiles/WebMercatorQuad/{path}").status_code == status
    response = client.get(f"/ogc/collections/{publish().id}/tiles/WebMercatorQuad/0/0/0")
    assert (response.status_code, "no places" in response.json()["description"]) == (404, True)


@pytest.mark.django_db
def test_a_recalled_snapshot_is_in_no_tile(client: Any, publish: Callable[..., Published]) -> None:
    head = ["id", "latitude", "longitude"]
    code = publish([head, ["1", "32.7", "-117.2"]], name="spots").id
    leaked = [head, *([str(one), "32.7", "-117.2"] for one in range(tiles.MOST_ROWS + 1))]
    publish(leaked, name="spots")
    address = f"/ogc/collections/{code}/tiles/WebMercatorQuad/0/0/0"
    before = client.get(address)
    assert read(before.content).keys() == {"groups"}
    public.recall(code, snapshots=[2], reason="It leaked.", actor=system("test"))
    after = client.get(address, HTTP_IF_NONE_MATCH=before["ETag"])
    assert [told["id"] for _, told in read(after.content)["rows"]] == [1]
