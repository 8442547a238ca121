"""E-mail through an SMTP server, by Django's own client."""

from __future__ import annotations

import smtplib
import socket
import ssl
from typing import Any, NoReturn

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
        headers = {"Auto-Submitted": "auto-generated"}
        if mail.message_id:
            headers["Message-ID"] = mail.message_id
        if mail.unsubscribe_url:
            headers["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        if "@" not in mail.to:
            raise MailRefused("not an e-mail address")
        message = EmailMultiAlternatives(mail.subject, mail.text, self.sender, [mail.to], headers=headers)
        if mail.html:
            message.attach_alternative(mail.html, "text/html")
        message.connection = get_connection(
            "django.core.mail.backends.smtp.EmailBackend", timeout=20, **self._connection
        )
        try:
            message.send()
        except smtplib.SMTPRecipientsRefused as refusal:
            _weigh({code for code, _ in refusal.recipients.values()}, refusal)
        except smtplib.SMTPDataError as refusal:
            _weigh({refusal.smtp_code}, refusal)
        except (smtplib.SMTPException, OSError) as problem:  # the sender or the sign-in refused is ours to mend
            raise MailUnavailable(_named(problem)) from problem
        except ValueError as problem:  # a line break in a header, an address no server could read
            raise MailRefused(str(problem)) from problem


def _named(problem: smtplib.SMTPException | OSError) -> str:
    """Say what stands in the way, without the server's own words: they may name people."""
    if isinstance(problem, socket.gaierror):
        return "there is no server of that name"
    if isinstance(problem, ConnectionRefusedError):
        return "nothing answers at that port"
    if isinstance(problem, TimeoutError):
        return "it does not answer in time"
    if isinstance(problem, ssl.SSLCertVerificationError):
        return "its certificate is not one this machine trusts"
    if isinstance(problem, smtplib.SMTPNotSupportedError):
        return "it knows no TLS, or no sign-in, as it is set to"
    if isinstance(problem, smtplib.SMTPAuthenticationError):
        return "it refuses this user or password"
    if isinstance(problem, smtplib.SMTPSenderRefused):
        return f"it refuses the From address ({problem.smtp_code})"
    return type(problem).__name__


def _weigh(codes: set[int], refusal: smtplib.SMTPException) -> NoReturn:
    """Tell a permanent answer (5xx) from one that asks to try later (RFC 5321, section 4.2.1)."""
    told = ", ".join(str(code) for code in sorted(codes))
    if all(500 <= code < 600 for code in codes):
        raise MailRefused(f"the mail server answered {told}") from refusal
    raise MailUnavailable(f"the mail server answered {told}") from refusal
