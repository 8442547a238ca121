"""The examples of the reference are sent as they stand there, to the categories a new city begins with."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from cityhall.apps.service_requests import public

pytestmark = pytest.mark.django_db
PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "open311.md"
FILED = [
    line
    for line in PAGE.read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    if line.startswith("curl $BASE/requests.") and re.search(r" -[dF] ", line)
]
OURS = {"LATITUDE": "32.7157", "LONGITUDE": "-117.1611"}


def form_of(example: str, photo: Any) -> dict[str, Any]:
    words = shlex.split(example)
    sent = [words[n + 1].split("=", 1) for n, word in enumerate(words) if word in {"-d", "-F"}]
    return {name: photo if value.startswith("@") else OURS.get(value, value) for name, value in sent}


def test_the_examples_file_a_request(client, photo) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    public.load_category_pack()
    assert len(FILED) == 2
    for example in FILED:
        form = form_of(example, SimpleUploadedFile("hole.jpg", photo, "image/jpeg"))
        answer = client.post("/open311/v2/requests.json", form)
        assert answer.status_code == 200, (example, answer.content)


def test_a_gap_is_named_by_its_question(client) -> None:
    public.load_category_pack()
    here = {"service_code": "pothole", "lat": "32.7157", "long": "-117.1611"}
    [problem] = json.loads(client.post("/open311/v2/requests.json", here).content)
    assert problem["description"] == "attribute[size]: Answer “How large is it?”."
