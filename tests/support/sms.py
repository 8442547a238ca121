"""A fake SMS engine; it passes the suite in tests/ports like every engine."""

from __future__ import annotations

from cityhall.kernel.ports import Sms, SmsCapabilities, SmsRefused, is_phone


class FakeSms:
    """Keeps what was sent in `sent`; `trouble` is raised instead when it is set."""

    capabilities = SmsCapabilities(delivers=True, keeps=False, receives=False)

    def __init__(self) -> None:
        self.sent: list[Sms] = []
        self.trouble: Exception | None = None

    def send(self, sms: Sms) -> None:
        if self.trouble is not None:
            raise self.trouble
        if not is_phone(sms.to):
            raise SmsRefused("not a telephone number")
        self.sent.append(sms)
