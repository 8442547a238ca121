"""What every SMS engine must do: the suite each adapter passes, Twilio's against a stand-in of its API on loopback."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from tests.support.sms import FakeSms

from cityhall.adapters.sms.outbox import OutboxSms
from cityhall.adapters.sms.twilio import TwilioSms
from cityhall.kernel.ports import (
    ReceivesSms,
    Sms,
    SmsCapabilities,
    SmsEngine,
    SmsReceived,
    SmsRefused,
    SmsUnavailable,
    is_phone,
)

SMS = Sms(to="+15550100123", text="Su código es 123456. ¿No lo pidió? Ignórelo.")
ACCOUNT, TOKEN = "AC0123", "a token of the test"


class SmsEngineSuite:
    """Inherit; give a fixture `engine`, and `received`, which reads back what was sent, oldest first."""

    def test_it_is_an_sms_engine(self, engine: SmsEngine) -> None:
        assert isinstance(engine, SmsEngine)
        assert isinstance(engine.capabilities, SmsCapabilities)
        assert engine.capabilities.delivers or engine.capabilities.keeps
        assert engine.capabilities.receives == isinstance(engine, ReceivesSms)

    def test_messages_arrive_whole_and_in_order(self, engine: SmsEngine, received: Any) -> None:
        engine.send(SMS)
        engine.send(Sms("+525550100123", "two"))
        assert received() == [(SMS.to, SMS.text), ("+525550100123", "two")]

    @pytest.mark.parametrize(
        "number", ["", "5550100", "+1 555 0100", "15550100123", "+0123456789", "+1555010012345678"]
    )
    def test_what_is_no_number_is_refused_for_good(self, engine: SmsEngine, received: Any, number: str) -> None:
        assert not is_phone(number)
        with pytest.raises(SmsRefused):
            engine.send(Sms(number, "x"))
        assert received() == []


class TestFakeSms(SmsEngineSuite):
    @pytest.fixture
    def engine(self) -> FakeSms:
        return FakeSms()

    @pytest.fixture
    def received(self, engine: FakeSms) -> Any:
        return lambda: [(one.to, one.text) for one in engine.sent]


class TestOutboxSms(SmsEngineSuite):
    @pytest.fixture
    def engine(self, tmp_path: Path) -> OutboxSms:
        return OutboxSms(tmp_path / "sms")

    @pytest.fixture
    def received(self, engine: OutboxSms) -> Any:
        return lambda: [(one["to"], one["text"]) for one in engine.kept()][::-1]


class Api:
    """Stands in for Twilio's API: keeps what is sent, answers as told."""

    def __init__(self) -> None:
        self.sent: list[dict[str, str]] = []
        self.seen: list[tuple[str, str]] = []
        self.answer: tuple[int, Any] = (201, {"sid": "SM1"})
        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                status, answer = api.answer
                api.seen.append((self.path, self.headers["Authorization"]))
                if status < 300:
                    api.sent.append({key: values[0] for key, values in parse_qs(body).items()})
                raw = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()


def signature(url: str, form: dict[str, str], token: str = TOKEN) -> str:
    text = url + "".join(f"{name}{form[name]}" for name in sorted(form))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


class TestTwilioSms(SmsEngineSuite):
    @pytest.fixture
    def api(self) -> Iterator[Api]:
        api = Api()
        yield api
        api.server.shutdown()
        api.server.server_close()

    @pytest.fixture
    def engine(self, api: Api) -> TwilioSms:
        return TwilioSms(account=ACCOUNT, token=TOKEN, sender="+15550100000", base=api.url)

    @pytest.fixture
    def received(self, api: Api) -> Any:
        return lambda: [(one["To"], one["Body"]) for one in api.sent]

    def test_it_signs_in_as_the_account_and_sends_from_its_number(self, engine: TwilioSms, api: Api) -> None:
        engine.send(SMS)
        basic = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        assert api.seen == [(f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json", f"Basic {basic}")]
        assert api.sent[0]["From"] == "+15550100000"

    def test_a_messaging_service_is_named_as_one(self, api: Api) -> None:
        TwilioSms(account=ACCOUNT, token=TOKEN, sender="MG77", base=api.url).send(SMS)
        assert api.sent[0]["MessagingServiceSid"] == "MG77"
        assert "From" not in api.sent[0]

    @pytest.mark.parametrize(
        ("answer", "raises"),
        [
            ((400, {"code": 21211}), SmsRefused),
            ((400, {"code": 21610}), SmsRefused),
            ((400, {"code": 21606}), SmsUnavailable),
            ((401, {"code": 20003}), SmsUnavailable),
            ((429, {"code": 20429}), SmsUnavailable),
            ((503, "down"), SmsUnavailable),
            ((400, "[]"), SmsUnavailable),
        ],
    )
    def test_a_number_that_is_no_use_is_told_from_trouble(
        self, engine: TwilioSms, api: Api, answer: tuple[int, Any], raises: type[Exception]
    ) -> None:
        api.answer = answer
        with pytest.raises(raises):
            engine.send(SMS)

    def test_an_api_that_is_not_there_is_unavailable(self) -> None:
        with pytest.raises(SmsUnavailable):
            TwilioSms(account=ACCOUNT, token=TOKEN, sender="+15550100000", base="http://127.0.0.1:9").send(SMS)

    def test_only_what_twilio_signed_for_this_address_comes_in(self, engine: TwilioSms) -> None:
        url = "https://city.example/sms/inbound/"
        form = {"AccountSid": ACCOUNT, "From": "+15550100123", "Body": "STOP"}
        good = {"X-Twilio-Signature": signature(url, form)}
        assert engine.receive(url, form, good) == SmsReceived("+15550100123", "STOP")
        assert engine.receive(url, {**form, "Body": "START"}, good) is None
        assert engine.receive("https://evil.example/sms/inbound/", form, good) is None
        assert engine.receive(url, form, {"X-Twilio-Signature": signature(url, form, "another")}) is None
        assert engine.receive(url, form, {}) is None
        assert engine.receive(url, form, {"X-Twilio-Signature": "é"}) is None
        foreign = {**form, "AccountSid": "AC9"}
        assert engine.receive(url, foreign, {"X-Twilio-Signature": signature(url, foreign)}) is None
