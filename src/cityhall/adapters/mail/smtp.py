"""E-mail through an SMTP server, by Django's own client."""

from __future__ import annotations

import smtplib
from typing import Any

from django.core.mail import EmailMultiAlternatives, get_connection

from cityhall.kernel.ports import Mail, MailCapabilities, MailRefused, MailUnavailable


class SmtpMail:
    """Hands messages to one SMTP server.

    Args:
        url parts: host, port, user, password; `tls` starts TLS before signing in.
        sender: the From address.
    """

    capabilities = MailCapabilities(delivers=True, keeps=False)

    def __init__(self, *, host: str, port: int, user: str, password: str, tls: bool, sender: str) -> None:
        self.sender = sender
        self._connection: dict[str, Any] = {
            "host": host,
            "port": port,
            "username": user,
            "password": password,
            "use_tls": tls,
        }

    def send(self, mail: Mail) -> None:
        """Send one message. Raises MailRefused for a permanent refusal, MailUnavailable for any other."""
        headers = {"Message-ID": mail.message_id} if mail.message_id else {}
        if mail.unsubscribe_url:
            headers["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message = EmailMultiAlternatives(mail.subject, mail.text, self.sender, [mail.to], headers=headers)
        if mail.html:
            message.attach_alternative(mail.html, "text/html")
        try:
            message.connection = get_connection(
                "django.core.mail.backends.smtp.EmailBackend", timeout=20, **self._connection
            )
            message.send()
        except smtplib.SMTPRecipientsRefused as refusal:
            if all(500 <= code < 600 for code, _ in refusal.recipients.values()):
                raise MailRefused(str(mail.subject)) from refusal
            raise MailUnavailable("the mail server asks to try later") from refusal
        except (smtplib.SMTPException, OSError) as problem:
            raise MailUnavailable(type(problem).__name__) from problem
