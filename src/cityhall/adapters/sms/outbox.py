"""Text messages that never leave: each is a file in the data folder, shown on the demo's outbox page."""

from __future__ import annotations

from cityhall.adapters.outbox import OutboxFolder
from cityhall.kernel.ports import Sms, SmsCapabilities, SmsRefused, is_phone


class OutboxSms(OutboxFolder):
    """The SMS engine that keeps messages."""

    capabilities = SmsCapabilities(delivers=False, keeps=True, receives=False)

    def send(self, sms: Sms) -> None:
        """Keep one message. Raises SmsRefused when the number is none."""
        if not is_phone(sms.to):
            raise SmsRefused("not a telephone number")
        self.keep(sms)
