"""Makes the small city a campaign runs on: places, categories, two people at the desk, a key, watched requests.

Run as a program in an empty data folder; prints one JSON line with what the load needs.
"""

from __future__ import annotations

import json
import sys

WATCHED = 6


def main() -> None:
    """Fill the city of CITYHALL_DATA."""
    from cityhall.cli.runtime import load_django, running_database
    from cityhall.config.database import prepare_schema
    from cityhall.config.static import collect_static

    with running_database():
        load_django()
        prepare_schema()
        collect_static()
        sys.stdout.write(json.dumps(_fill()) + "\n")


def _fill() -> dict[str, object]:
    from django.test import Client
    from tests.support import city, people

    from cityhall.apps.identity.services.keys import make_key
    from cityhall.apps.service_requests.contracts import Contact, NewRequest, Place
    from cityhall.apps.service_requests.public import file_request, load_category_pack
    from cityhall.kernel.actors import Actor, ActorKind

    city.build()
    load_category_pack()
    owner = people.make_person("administrator", email="admin@city.example")
    boss = Actor(ActorKind.STAFF, owner.id, "Torture")
    _, key = make_key(
        actor=Actor(ActorKind.SYSTEM, owner.id, "torture"),
        name="load",
        scopes=["open311.write", "requests.write"],
        per_minute=100_000,
    )
    sessions = []
    for _ in range(2):
        client = Client()
        people.sign_in(client, "dispatcher")
        sessions.append(client.cookies["sessionid"].value)
    watched = {}
    for number in range(WATCHED):
        follower = f"follower-{number}@city.example"
        new = NewRequest(
            "pothole",
            Place(*city.CENTER, address="1202 Grand Ave"),
            description="watched",
            answers={"size": "small"},
            contact=Contact(email=follower),
            follow=True,
        )
        watched[file_request(new, actor=boss).number] = follower
    return {"key": key, "sessions": sessions, "watched": watched}


if __name__ == "__main__":
    main()
