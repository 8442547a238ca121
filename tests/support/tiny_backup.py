"""Makes a backup of a very small city with the release that is checked out: what later releases must still take.

Run once before each release, from the root of the repository:

    .venv/bin/python -m tests.support.tiny_backup tests/fixtures/city-0.1.0.tar
"""

from __future__ import annotations

import io
import os
import sys
import tempfile
from pathlib import Path


def fill() -> None:
    """Put one of each into an empty city: places, categories, people, requests with photo and history, a mail."""
    from django.contrib.auth import get_user_model
    from PIL import Image
    from tests.support import city, people

    from cityhall.apps.documents import public as documents
    from cityhall.apps.service_requests import services
    from cityhall.apps.service_requests.contracts import Contact, NewRequest, Outcome, Place
    from cityhall.apps.service_requests.public import file_request, load_category_pack
    from cityhall.kernel.actors import ANONYMOUS, Actor, ActorKind
    from cityhall.kernel.django import audit

    city.build()
    load_category_pack()
    people.make_person("administrator", email="admin@city.example", password="a long fixture password")
    boss = Actor(ActorKind.SYSTEM, None, "fixture")
    picture = io.BytesIO()
    Image.new("RGB", (64, 48), "#667788").save(picture, "JPEG")
    photo = documents.take(picture.getvalue(), filename="hole.jpg", actor=ANONYMOUS).id
    spot = Place(*city.CENTER, address="1202 Grand Ave")
    rosa = Contact("Rosa", "Lee", "rosa@example.org")
    new = NewRequest(
        "pothole", spot, description="A deep hole", answers={"size": "large"}, contact=rosa, photos=(photo,)
    )
    filed = file_request(new, actor=ANONYMOUS)
    services.close(filed.id, actor=boss, version=1, outcome=Outcome.FIXED, sentence="Filled and levelled.")
    file_request(NewRequest("pothole", spot, description="Another hole", answers={"size": "small"}), actor=ANONYMOUS)
    while audit.seal():
        pass
    assert get_user_model().objects.count() == 1


def main(file: Path) -> None:
    """Make the city in a throw-away folder and back it up to `file`."""
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["CITYHALL_DATA"] = scratch
        os.environ["DJANGO_SETTINGS_MODULE"] = "cityhall.config.settings"
        os.environ.pop("DATABASE_URL", None)
        from cityhall.cli.runtime import load_django, running_database
        from cityhall.config import archive
        from cityhall.config.database import prepare_schema

        with running_database():
            load_django()
            prepare_schema()
            fill()
            archive.back_up(file, lambda done, total: None)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
