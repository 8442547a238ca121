"""The receiver in the how-to is run as it stands there."""

from __future__ import annotations

import re
import threading
from http.server import HTTPServer
from pathlib import Path

import pytest
from tests.work_orders.conftest import staff

from cityhall.apps.service_requests import services as requests
from cityhall.apps.work_orders import services
from cityhall.apps.work_orders.contracts import DeliveryState, Kind, Terms
from cityhall.apps.work_orders.models import Delivery, Order
from cityhall.apps.work_orders.queries import delivery

pytestmark = pytest.mark.django_db
HOW_TO = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "connect-a-work-order-system.md"


def test_the_receiver_of_the_how_to(monkeypatch, settings, supervisor, file_one, run):
    settings.CITYHALL_WORK_ORDER_NETWORKS = ["127.0.0.0/8"]
    code = re.search(r"```python\n(.*?)```", HOW_TO.read_text(encoding="utf-8"), re.S)
    assert code is not None
    server = HTTPServer(("127.0.0.1", 0), None)  # type: ignore[arg-type]  # the class comes when its secret is known
    wanted = Terms("Example", Kind.WEBHOOK, f"http://127.0.0.1:{server.server_port}/")
    made, secret = services.make_connection(actor=supervisor, terms=wanted)
    monkeypatch.setenv("WEBHOOK_SECRET", secret)
    names: dict = {"__name__": "example"}
    exec(compile(code.group(1), str(HOW_TO), "exec"), names)
    server.RequestHandlerClass = type("Quiet", (names["Receiver"],), {"log_message": lambda *_: None})
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        tested = services.send_test(made, actor=supervisor)
        assert delivery(tested, supervisor).state is DeliveryState.DELIVERED
        filed = file_one()
        requests.start(filed.id, actor=staff())
        assert run() == 2
        assert Order.objects.get().external_number == f"WO-{filed.number}"
        assert names["orders"][filed.number]["status"] == "in_progress"
        services.new_secret(made, actor=supervisor)
        from cityhall.apps.work_orders.models import Connection

        Connection.objects.update(former_secret="")
        refused = services.send_test(made, actor=supervisor)
        assert delivery(refused, supervisor).last_status == 401
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert Delivery.objects.count() == 4
