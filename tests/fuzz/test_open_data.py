"""Every language open data is asked in: whatever is put, it is read or refused, and what is read stays within."""

from __future__ import annotations

import json
import random
from contextlib import suppress

import pytest
from tests.opendata.conftest import publish as publish
from tests.support import questions
from tests.support.hostile import TIMES

from cityhall.adapters.analytics.sql import Sql
from cityhall.apps.opendata.web import answers
from cityhall.kernel.analytics.errors import QueryError


@pytest.mark.parametrize("language", questions.LANGUAGES)
def test_whatever_is_put_is_read_or_refused(language: str) -> None:
    read = 0
    for seed in range(600 * TIMES):
        was_read, query = questions.put(language, seed)
        read += was_read
        if query is None:
            continue
        with suppress(QueryError):  # an engine looks at shapes once more
            made = Sql(query, searched=[questions.COLUMNS[0]], areas=lambda _area: 1, limit=10).text
            names = "".join(f'"{item.name}"' for item in query.items)
            assert questions.MARK not in made or questions.MARK in names, "a text of the question is in the statement"
    assert 0 < read < 600 * TIMES


@pytest.mark.django_db
def test_the_hostile_list_at_every_door_is_an_answer_of_the_dataset_or_a_refusal(client, publish, monkeypatch):
    monkeypatch.setattr(answers, "PER_MINUTE", 100_000)
    done = publish()
    chance = random.Random(20261127)
    statuses = set()
    for given in chance.sample(questions.HOSTILE, 30 * min(TIMES, 2)):
        for address, names in (
            (f"/resource/{done.id}.json", ("$where", "$select", "$query")),
            ("/api/3/action/datastore_search_sql", ("sql",)),
            (f"/ogc/collections/{done.id}/items", ("filter", "bbox")),
        ):
            text = given.encode("utf-8", "replace").decode()
            whole = f'select {text} from "{done.resource_id}"' if "sql" in names else text
            answer = client.get(address, {chance.choice(names): whole})
            content = answer.getvalue()
            statuses.add(answer.status_code)
            assert answer.status_code in (200, 400, 404, 409), (address, given)
            json.loads(content)
            assert b"root:" not in content
            assert b"/home/" not in content
    assert {400, 409} <= statuses
