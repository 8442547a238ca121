"""E-mail that never leaves: each message is a file in the data folder, shown on the demo's outbox page."""

from __future__ import annotations

from cityhall.adapters.outbox import OutboxFolder
from cityhall.kernel.ports import Mail, MailCapabilities, MailRefused


class OutboxMail(OutboxFolder):
    """The mail engine that keeps messages."""

    capabilities = MailCapabilities(delivers=False, keeps=True)

    def send(self, mail: Mail) -> None:
        """Keep one message. Raises MailRefused when the address has no @."""
        if "@" not in mail.to:
            raise MailRefused("not an e-mail address")
        self.keep(mail)
