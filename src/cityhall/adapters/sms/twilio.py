"""Text messages by Twilio: sent over its HTTP API, answers taken from its signed webhook."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping

import httpx

from cityhall.kernel.ports import Sms, SmsCapabilities, SmsReceived, SmsRefused, SmsUnavailable, is_phone

API = "https://api.twilio.com"
#: Twilio's codes for a number that can never be written to: wrong, unreachable for good, or it said STOP.
_NEVER = frozenset({21211, 21217, 21408, 21610, 21612, 21614, 60200})


class TwilioSms:
    """Sends from one number, or from a messaging service (its id begins with MG).

    Args:
        account, token: the account's id and its secret token, which also signs what comes in.
        base: the API's address; tests put their own here.
    """

    capabilities = SmsCapabilities(delivers=True, keeps=False, receives=True)

    def __init__(self, *, account: str, token: str, sender: str, base: str = API, timeout: float = 15.0) -> None:
        self._account, self._token, self._sender = account, token, sender
        self._url = f"{base}/2010-04-01/Accounts/{account}/Messages.json"
        self._timeout = timeout

    def send(self, sms: Sms) -> None:
        """Hand over one message. Raises SmsRefused for a number that cannot be written to, else SmsUnavailable."""
        if not is_phone(sms.to):
            raise SmsRefused("not a telephone number")
        sender = {"MessagingServiceSid" if self._sender.startswith("MG") else "From": self._sender}
        try:
            answer = httpx.post(
                self._url,
                data={"To": sms.to, "Body": sms.text, **sender},
                auth=(self._account, self._token),
                timeout=self._timeout,
            )
        except httpx.HTTPError as problem:
            raise SmsUnavailable(type(problem).__name__) from problem
        if answer.is_success:
            return
        code = _code_of(answer)
        told = f"Twilio answered {answer.status_code}, code {code}"
        if answer.status_code == 400 and code in _NEVER:
            raise SmsRefused(told)
        raise SmsUnavailable(told)

    def receive(self, url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> SmsReceived | None:
        """Return the message a webhook call brings; None unless Twilio signed it for this very address."""
        signed = url + "".join(name + form[name] for name in sorted(form))
        made = base64.b64encode(hmac.new(self._token.encode(), signed.encode(), hashlib.sha1).digest())
        # Bytes: texts are compared only as long as they are ASCII, and a header is what a stranger wrote.
        if not hmac.compare_digest(made, headers.get("X-Twilio-Signature", "").encode(errors="replace")):
            return None
        if form.get("AccountSid") != self._account or not is_phone(form.get("From", "")):
            return None
        return SmsReceived(sender=form["From"], text=form.get("Body", ""))


def _code_of(answer: httpx.Response) -> int:
    try:
        found = answer.json().get("code", 0)
    except (ValueError, AttributeError):
        return 0
    return found if isinstance(found, int) else 0
