"""The opendata room's addresses. `localized` ones get a language prefix, `plain` ones never."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path, register_converter

from cityhall.apps.opendata.web import (
    catalogue,
    catalogues,
    ckan,
    ckan_pages,
    desk,
    desk_drafts,
    desk_own,
    elsewhere,
    files,
    following,
    mapping,
    mistakes,
    ogc,
    ogc_tiles,
    pages,
    rest,
    soda,
    versions,
    wishes,
)


class FourByFour:
    """Socrata's name for a dataset: two times four letters or digits."""

    regex = "[a-z0-9]{4}-[a-z0-9]{4}"

    def to_python(self, value: str) -> str:
        """Return the code."""
        return value

    def to_url(self, value: str) -> str:
        """Return the code."""
        return value


register_converter(FourByFour, "fourbyfour")

_TILES = "ogc/collections/<fourbyfour:code>/tiles/WebMercatorQuad"
_view = soda.door(soda.read_view)

localized: list[URLPattern | URLResolver] = [
    path("data/", catalogue.catalogue, name="opendata"),
    path("data/elsewhere/", elsewhere.listed, name="opendata-elsewhere"),
    path("data/follow/", following.follow_all, name="opendata-follow-all"),
    path("data/feed.<slug:fmt>", following.feed, name="opendata-feed"),
    path("data/requests/", wishes.listed, name="opendata-wishes"),
    path("data/requests/new/", wishes.ask, name="opendata-wish"),
    path("data/requests/<uuid:wish_id>/me-too/", wishes.me_too, name="opendata-me-too"),
    path("data/<fourbyfour:code>/", pages.dataset, name="opendata-dataset"),
    path("data/<fourbyfour:code>/feed.<slug:fmt>", following.feed, name="opendata-dataset-feed"),
    path("data/<fourbyfour:code>/follow/", following.follow, name="opendata-follow"),
    path("data/<fourbyfour:code>/versions/", versions.versions, name="opendata-versions"),
    path("desk/data/", desk.datasets, name="desk-data"),
    path("desk/data/own/", desk_own.terms, name="desk-data-own"),
    path("desk/data/new/", desk_drafts.new, name="desk-data-new"),
    path("desk/data/drafts/<uuid:draft_id>/", desk_drafts.draft, name="desk-data-draft"),
    path("desk/data/drafts/<uuid:draft_id>/standing/", desk_drafts.standing, name="desk-data-standing"),
    path("desk/data/drafts/<uuid:draft_id>/preview/", desk_drafts.preview, name="desk-data-preview"),
    path("desk/data/drafts/<uuid:draft_id>/sheet/", desk_drafts.sheet, name="desk-data-sheet"),
    path("desk/data/drafts/<uuid:draft_id>/discard/", desk_drafts.discard, name="desk-data-discard"),
    path("desk/data/drafts/<uuid:draft_id>/aside/", desk_drafts.aside, name="desk-data-draft-aside"),
    path("desk/data/<fourbyfour:code>/", desk.dataset, name="desk-data-dataset"),
    path("desk/data/<fourbyfour:code>/remove/", desk.remove, name="desk-data-remove"),
    path("desk/data/<fourbyfour:code>/again/", desk.publish_again, name="desk-data-again"),
    path("desk/data/<fourbyfour:code>/new/", desk_drafts.new, name="desk-data-renew"),
    path("desk/data/<fourbyfour:code>/words/", desk.reword, name="desk-data-words"),
    path("desk/data/<fourbyfour:code>/aside/<int:number>/", desk.aside, name="desk-data-aside"),
    path("desk/data/<fourbyfour:code>/recall/", versions.recall, name="opendata-recall"),
    path("data/<fourbyfour:code>/query/", pages.ask, name="opendata-query"),
    path("data/<fourbyfour:code>/rows/<str:row>/", pages.row, name="opendata-row"),
    path("data/<fourbyfour:code>/rows/<str:row>/mistake/", mistakes.report, name="opendata-mistake"),
    path("desk/data/requests/", wishes.desk, name="desk-data-wishes"),
    path("desk/data/requests/<uuid:wish_id>/", wishes.desk_one, name="desk-data-wish"),
    path("desk/data/mistakes/", mistakes.desk, name="desk-data-mistakes"),
    path("desk/data/mistakes/<uuid:mistake_id>/", mistakes.desk_one, name="desk-data-mistake"),
    path("ogc/", ogc.door(ogc.landing), name="ogc"),
    path("ogc/conformance", ogc.door(ogc.conformance), name="ogc-conformance"),
    path("ogc/api", ogc.door(ogc.api), name="ogc-api"),
    path("ogc/collections", ogc.door(ogc.collections), name="ogc-collections"),
    path("ogc/collections/<fourbyfour:code>", ogc.door(ogc.collection), name="ogc-collection"),
    path("ogc/collections/<fourbyfour:code>/queryables", ogc.door(ogc.schema), name="ogc-queryables"),
    path("ogc/collections/<fourbyfour:code>/schema", ogc.door(ogc.schema), name="ogc-schema"),
    path("ogc/collections/<fourbyfour:code>/items", ogc.door(ogc.items), name="ogc-items"),
    path("ogc/collections/<fourbyfour:code>/items/<str:row>", ogc.door(ogc.item), name="ogc-item"),
]
plain: list[URLPattern | URLResolver] = [
    path("api/v1/openapi.json", rest.door(rest.describe), name="api-v1"),
    path("api/v1/datasets/", rest.door(rest.listed), name="datasets-api"),
    path("api/v1/datasets/<fourbyfour:code>/", rest.door(rest.one), name="datasets-api-one"),
    path("api/v1/datasets/<fourbyfour:code>/versions/", rest.door(rest.versions), name="datasets-api-versions"),
    path("api/v1/datasets/<fourbyfour:code>/rows/", rest.door(rest.rows), name="datasets-api-rows"),
    path("data/<fourbyfour:code>/points/", mapping.points, name="opendata-points"),
    path("data.json", catalogues.data_json, name="dcat-us-1.1"),
    path("catalog.jsonld", catalogues.catalog_jsonld, name="dcat-us-3.0"),
    path("resource/<fourbyfour:code>.<slug:fmt>", soda.door(soda.read_rows), name="soda-rows"),
    path("resource/<fourbyfour:code>/<str:row>.json", soda.door(soda.read_row), name="soda-row"),
    path("resource/<fourbyfour:code>", soda.door(soda.read_rows_as_accepted), name="soda-rows-as-accepted"),
    path("resource/<path:address>", soda.door(soda.refuse_unknown), name="soda-unknown"),
    path("api/views/<fourbyfour:code>.json", _view, name="soda-view-json"),
    path("api/views/<fourbyfour:code>", _view, name="soda-view"),
    path("api/views/<fourbyfour:code>/rows.<slug:fmt>", soda.door(files.read), name="soda-whole"),
    path("api/catalog/v1", soda.door(soda.read_catalogue), name="soda-catalogue"),
    path("api/3/action/<slug:name>", ckan.action, name="ckan-action"),
    path("api/action/<slug:name>", ckan.action, name="ckan-action-short"),
    re_path("^api/3/?$", ckan.version, name="ckan-version"),
    re_path("^dataset/?$", ckan_pages.catalogue, name="ckan-catalogue-page"),
    re_path("^dataset/(?P<name>[^/]{1,200})/?$", ckan_pages.package, name="ckan-page"),
    path("dataset/<str:name>/resource/<str:resource>", ckan_pages.package, name="ckan-resource-page"),
    path("datastore/dump/<str:resource>", ckan.dump, name="ckan-dump"),
    path("d/<fourbyfour:code>", soda.door(soda.lead_to_page), name="opendata-short"),
    path("ogc/tileMatrixSets", ogc.door(ogc_tiles.schemes), name="ogc-tile-schemes"),
    path("ogc/tileMatrixSets/WebMercatorQuad", ogc.door(ogc_tiles.scheme), name="ogc-tile-scheme"),
    path("ogc/collections/<fourbyfour:code>/tiles", ogc.door(ogc_tiles.listed), name="ogc-tilesets"),
    path(_TILES, ogc.door(ogc_tiles.described), name="ogc-tileset"),
    path(f"{_TILES}/<int:z>/<int:y>/<int:x>", ogc.door(ogc_tiles.drawn), name="ogc-tile"),
]
