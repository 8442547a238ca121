from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

if TYPE_CHECKING:
    from cityhall.config.settings_file import SettingsFile


@pytest.fixture(autouse=True)
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SettingsFile]:
    """A data folder of the test's own, and no setting from the environment."""
    from cityhall.config import engines
    from cityhall.config.settings_file import SettingsFile
    from cityhall.kernel import ports

    for name in ("CITYHALL_PUBLIC_URL", "CITYHALL_SMTP_URL", "CITYHALL_MAIL_FROM", "CITYHALL_BEHIND_PROXY"):
        monkeypatch.delenv(name, raising=False)
    own = SettingsFile(tmp_path / "data")
    ports.installation.fill(lambda: own)
    yield own
    ports.installation.fill(engines.installation)


@pytest.fixture
def enter(db: None) -> Callable[..., Client]:
    """Open the set-up and return a browser that has brought the code."""
    from cityhall.apps.setup.services import entrance

    def make(**options: Any) -> Client:
        client = Client(**options)
        code = entrance.make_code()
        sent = {"code": code}
        if options.get("enforce_csrf_checks"):
            client.get("/setup/")
            sent["csrfmiddlewaretoken"] = client.cookies["csrftoken"].value
        answer = client.post("/setup/", sent)
        assert answer["Location"] == "/setup/city/", answer.content.decode()
        return client

    return make
