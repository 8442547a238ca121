"""What every mail engine must do: the suite each adapter passes, SMTP against a real server on this machine."""

from __future__ import annotations

import email
import socket
from collections.abc import Iterator
from email.message import Message
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from cityhall.adapters.mail.outbox import OutboxMail
from cityhall.adapters.mail.smtp import SmtpMail
from cityhall.kernel.ports import Mail, MailCapabilities, MailEngine, MailRefused, MailUnavailable

MAIL = Mail(
    to="maria@example.org",
    subject="Bache en la Calle Olmo: recibido ✓",
    text="Gracias, María.\nLo vimos.\n",
    html="<p>Gracias, María.</p>",
    unsubscribe_url="https://city.example/es/unsubscribe/abc/",
    message_id="<0198-1@city.example>",
)


class MailEngineSuite:
    """Inherit; give a fixture `engine`, and `received`, which reads back what arrived, oldest first."""

    def test_it_is_a_mail_engine(self, engine: MailEngine) -> None:
        assert isinstance(engine, MailEngine)
        assert isinstance(engine.capabilities, MailCapabilities)
        assert engine.capabilities.delivers or engine.capabilities.keeps

    def test_a_message_arrives_whole(self, engine: MailEngine, received: Any) -> None:
        engine.send(MAIL)
        (arrived,) = received()
        assert arrived == {
            "to": MAIL.to,
            "subject": MAIL.subject,
            "text": MAIL.text,
            "html": MAIL.html,
            "unsubscribe_url": MAIL.unsubscribe_url,
            "message_id": MAIL.message_id,
        }

    def test_messages_arrive_in_order(self, engine: MailEngine, received: Any) -> None:
        for number in range(3):
            engine.send(Mail(to="a@example.org", subject=f"n{number}", text="x\n"))
        assert [mail["subject"] for mail in received()] == ["n0", "n1", "n2"]

    def test_what_is_no_address_is_refused_for_good(self, engine: MailEngine, received: Any) -> None:
        with pytest.raises(MailRefused):
            engine.send(Mail(to="nobody", subject="s", text="t\n"))
        assert received() == []


class TestOutboxMail(MailEngineSuite):
    @pytest.fixture
    def engine(self, tmp_path: Path) -> OutboxMail:
        return OutboxMail(tmp_path / "outbox")

    @pytest.fixture
    def received(self, engine: OutboxMail) -> Any:
        def read() -> list[dict[str, str]]:
            kept = [{key: mail[key] for key in mail if key not in {"id", "at"}} for mail in engine.kept()]
            return kept[::-1]

        return read

    def test_kept_mail_is_newest_first_and_limited(self, engine: OutboxMail) -> None:
        for number in range(4):
            engine.send(Mail(to="a@example.org", subject=f"n{number}", text="x"))
        assert [mail["subject"] for mail in engine.kept(2)] == ["n3", "n2"]


class Inbox:
    """Takes mail over SMTP; addresses that begin with a code are answered with that code."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, Message]] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address[:3] in {"550", "451"}:
            return f"{address[:3]} not this one"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        parsed = email.message_from_bytes(envelope.content, policy=default)
        if parsed["subject"] in {"554", "452"}:
            return f"{parsed['subject']} not this message"
        self.messages.append((envelope.rcpt_tos[0], parsed))
        return "250 OK"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def engine_at(port: int) -> SmtpMail:
    return SmtpMail(host="127.0.0.1", port=port, user="", password="", tls=False, sender="City Hall <city@example.org>")


class TestSmtpMail(MailEngineSuite):
    @pytest.fixture
    def inbox(self) -> Inbox:
        return Inbox()

    @pytest.fixture
    def engine(self, inbox: Inbox) -> Iterator[SmtpMail]:
        server = Controller(inbox, hostname="127.0.0.1", port=free_port())
        server.start()
        try:
            yield engine_at(server.port)
        finally:
            server.stop()

    @pytest.fixture
    def received(self, inbox: Inbox) -> Any:
        def part(message: Any, kind: str) -> str:
            found = message.get_body((kind,))
            return found.get_content().replace("\r\n", "\n") if found else ""

        def read() -> list[dict[str, str]]:
            return [
                {
                    "to": to,
                    "subject": message["subject"],
                    "text": part(message, "plain"),
                    "html": part(message, "html").rstrip("\n"),
                    "unsubscribe_url": (message["List-Unsubscribe"] or "").strip("<>"),
                    "message_id": message["Message-ID"],
                }
                for to, message in inbox.messages
            ]

        return read

    def test_one_click_headers_are_there_only_when_the_reader_can_leave(self, engine: SmtpMail, inbox: Inbox) -> None:
        engine.send(MAIL)
        engine.send(Mail(to="a@example.org", subject="code", text="123456\n"))
        (_, with_link), (_, without) = inbox.messages
        assert with_link["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert without["List-Unsubscribe"] is None
        assert with_link["From"] == "City Hall <city@example.org>"
        assert with_link["Auto-Submitted"] == "auto-generated"

    @pytest.mark.parametrize(
        ("to", "subject", "answer"),
        [
            ("550@example.org", "s", MailRefused),
            ("451@example.org", "s", MailUnavailable),
            ("a@example.org", "554", MailRefused),
            ("a@example.org", "452", MailUnavailable),
            ("a@example.org", "two\nlines", MailRefused),
        ],
    )
    def test_a_permanent_no_is_told_from_a_later_please(
        self, engine: SmtpMail, inbox: Inbox, to: str, subject: str, answer: type[Exception]
    ) -> None:
        with pytest.raises(answer):
            engine.send(Mail(to=to, subject=subject, text="t\n"))
        assert inbox.messages == []

    def test_a_server_that_is_not_there_is_unavailable(self) -> None:
        with pytest.raises(MailUnavailable, match="nothing answers at that port"):
            engine_at(free_port()).send(MAIL)

    def test_a_server_without_tls_is_told_from_one_that_is_away(self, engine: SmtpMail, inbox: Inbox) -> None:
        engine._connection["use_tls"] = True
        with pytest.raises(MailUnavailable, match="knows no TLS"):
            engine.send(MAIL)
        assert inbox.messages == []
