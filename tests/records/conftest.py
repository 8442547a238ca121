"""A small city, and somebody who left traces everywhere in it."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from django.test import Client
    from tests.support.canary import Planted


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything the program writes into its log, as it writes it."""
    from structlog.stdlib import ProcessorFormatter

    from cityhall.kernel.django.logs import logging_config

    out = io.StringIO()
    handler = logging.StreamHandler(out)
    made: Any = logging_config("DEBUG")["formatters"]["json"]
    handler.setFormatter(ProcessorFormatter(foreign_pre_chain=made["foreign_pre_chain"], processors=made["processors"]))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel("INFO")
    yield out
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def small_city(transactional_db: None, settings: Any) -> None:
    from tests.support import canary

    settings.CITYHALL_DEMO = True  # text messages are kept as files
    settings.CITYHALL_WORK_ORDER_NETWORKS = ["127.0.0.0/8"]
    canary.build()


@pytest.fixture
def planted(small_city: None, log: io.StringIO, tmp_path: Path) -> Planted:
    from tests.support import canary

    return canary.plant(log, tmp_path)


@pytest.fixture
def officer(small_city: None) -> Client:
    from django.test import Client
    from tests.support.people import sign_in

    client = Client()
    sign_in(client, "records")
    return client
