"""Django's own mail (sign-in messages of its libraries) handed to the mail port."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

from cityhall.kernel import ports


class PortBackend(BaseEmailBackend):
    """An EMAIL_BACKEND that hands every message to the installation's mail engine."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Hand over the messages, one for each recipient; return how many were taken.

        Raises:
            MailUnavailable: the engine cannot take mail now (unless `fail_silently`).
        """
        engine, taken = ports.mail_engine.get(), 0
        for message in email_messages:
            html = ""
            if isinstance(message, EmailMultiAlternatives):
                html = next((str(content) for content, kind in message.alternatives if kind == "text/html"), "")
            for address in message.recipients():
                try:
                    engine.send(ports.Mail(to=address, subject=str(message.subject), text=str(message.body), html=html))
                    taken += 1
                except ports.MailRefused:
                    # An address no engine will ever take: nobody is helped by an error page about it.
                    continue
                except ports.MailUnavailable:
                    if not self.fail_silently:
                        raise
        return taken
