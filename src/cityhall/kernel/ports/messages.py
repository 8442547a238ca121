"""E-mail and text messages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from cityhall.kernel.slots import Slot


@dataclass(frozen=True, slots=True)
class MailCapabilities:
    """What a mail engine can do.

    Args:
        delivers: messages leave the machine.
        keeps: messages can be read back (the demo's outbox page).
    """

    delivers: bool
    keeps: bool


@dataclass(frozen=True, slots=True)
class Mail:
    """One e-mail, plain text with an optional HTML form.

    Args:
        unsubscribe_url: put into List-Unsubscribe with one-click (RFC 8058) when given.
    """

    to: str
    subject: str
    text: str
    html: str = ""
    unsubscribe_url: str = ""
    message_id: str = ""


class MailRefused(Exception):
    """The engine will never take this message (bad address): do not try again."""


class MailUnavailable(Exception):
    """The engine cannot take it now: try again later."""


@runtime_checkable
class MailEngine(Protocol):
    """Sends e-mail."""

    capabilities: MailCapabilities

    def send(self, mail: Mail) -> None:
        """Hand over one message. Raises MailRefused or MailUnavailable."""


_PHONE = re.compile(r"\+[1-9][0-9]{7,14}")


def is_phone(text: str) -> bool:
    """Say whether a text is a telephone number as engines want it (E.164): "+15550100123"."""
    return bool(_PHONE.fullmatch(text))


@dataclass(frozen=True, slots=True)
class SmsCapabilities:
    """What an SMS engine can do.

    Args:
        delivers: messages leave the machine.
        keeps: messages can be read back (the demo's outbox page).
        receives: it takes what people answer; see `ReceivesSms`.
    """

    delivers: bool
    keeps: bool
    receives: bool


@dataclass(frozen=True, slots=True)
class Sms:
    """One text message. `to` is a number for which `is_phone` holds."""

    to: str
    text: str


@dataclass(frozen=True, slots=True)
class SmsReceived:
    """A text message somebody sent to the city."""

    sender: str
    text: str


class SmsRefused(Exception):
    """The engine will never take this message (bad number, or its owner said STOP): do not try again."""


class SmsUnavailable(Exception):
    """The engine cannot take it now: try again later."""


@runtime_checkable
class SmsEngine(Protocol):
    """Sends text messages."""

    capabilities: SmsCapabilities

    def send(self, sms: Sms) -> None:
        """Hand over one message. Raises SmsRefused or SmsUnavailable."""


@runtime_checkable
class ReceivesSms(Protocol):
    """An SMS engine whose capabilities say `receives`."""

    def receive(self, url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> SmsReceived | None:
        """Return the message a call of the engine's webhook brings, None unless the engine itself called."""


mail_engine: Slot[MailEngine] = Slot("mail engine")


sms_engine: Slot[SmsEngine] = Slot("SMS engine")
