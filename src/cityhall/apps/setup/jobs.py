"""The set-up room's background jobs."""

from __future__ import annotations

import uuid

from procrastinate.contrib.django import app

from cityhall.apps.setup.services import bringing


@app.task(name=bringing.LOAD, queue="setup")
def load_upload(upload_id: str) -> None:
    """Load a map file the browser brought."""
    bringing.load(uuid.UUID(upload_id))
