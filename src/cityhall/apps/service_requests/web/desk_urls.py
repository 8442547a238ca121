"""The desk's addresses."""

from __future__ import annotations

from django.urls import URLPattern, path

from cityhall.apps.service_requests.web import (
    desk_actions,
    desk_bulk,
    desk_call_log,
    desk_calls,
    desk_categories,
    desk_cover,
    desk_detail,
    desk_keys,
    desk_queue,
)

localized: list[URLPattern] = [
    path("desk/", desk_queue.queue, name="desk-queue"),
    path("desk/queues/", desk_queue.queues, name="desk-queues"),
    path("desk/queues/save/", desk_queue.save, name="desk-queue-save"),
    path("desk/queues/remove/", desk_queue.unsave, name="desk-queue-remove"),
    path("desk/requests.csv", desk_queue.export, name="desk-export"),
    path("desk/keys/", desk_keys.keys, name="desk-shortcuts"),
    path("desk/calls/", desk_calls.call, name="desk-call"),
    path("desk/calls/log/", desk_call_log.log, name="desk-calls"),
    path("desk/calls/log.csv", desk_call_log.export, name="desk-calls-export"),
    path("desk/calls/topics/", desk_call_log.topics, name="desk-call-topics"),
    path("desk/calls/<uuid:call_id>/", desk_calls.done, name="desk-call-done"),
    path("desk/categories/", desk_categories.categories, name="desk-categories"),
    path("desk/categories/<slug:code>/", desk_categories.category, name="desk-category-page"),
    path("desk/bulk/", desk_bulk.bulk, name="desk-bulk"),
    path("desk/bulk/apply/", desk_bulk.apply, name="desk-bulk-apply"),
    path("desk/bulk/undo/<uuid:change_id>/", desk_bulk.undo, name="desk-bulk-undo"),
    path("desk/requests/<str:number>/", desk_detail.page, name="desk-request"),
    path("desk/requests/<str:number>/contact/", desk_detail.contact, name="desk-contact"),
    path("desk/requests/<str:number>/kept/", desk_detail.kept, name="desk-kept"),
    path("desk/requests/<str:number>/photos/<uuid:document_id>/", desk_cover.cover, name="desk-cover"),
    path(
        "desk/requests/<str:number>/photos/<uuid:document_id>/preview.jpg",
        desk_cover.preview,
        name="desk-cover-preview",
    ),
    *(
        path(f"desk/requests/<str:number>/{name}/", desk_actions.view_of(name), name=f"desk-{name}")
        for name in desk_actions.ACTS
    ),
]
