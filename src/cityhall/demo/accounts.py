"""Who can sign in to Harborview. Made up, and refused by the identity room anywhere but on loopback addresses."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from cityhall.demo.past.history import RESIDENT

# The same on every machine, and worthless elsewhere: demo accounts work on loopback only.
PASSWORD = "harborview-demo"  # noqa: S105

CONTRACTOR, CONTRACTED_TEAM = "Bright Walls", "graffiti"

ROLES = {
    "resident": _("resident"),
    "crew": _("crew"),
    "call-taker": _("call taker"),
    "council-office": _("council office"),
    "dispatcher": _("dispatcher"),
    "supervisor": _("supervisor"),
    "editor": _("editor"),
    "data-steward": _("data steward"),
    "administrator": _("administrator"),
}


@dataclass(frozen=True, slots=True)
class Account:
    """An account to try.

    Args:
        role: the role's code; "resident" has none.
        password: empty for residents, who sign in with a code by e-mail.
        totp_secret: base32 secret of the second factor; empty for residents.
        department, team: what the role is limited to; empty for everywhere.
        employer: the contractor somebody works for; empty for the city's own people.
        what_to_try: one thing worth doing as this person.
    """

    role: str
    name: str
    email: str
    password: str
    totp_secret: str
    what_to_try: str
    department: str = ""
    team: str = ""
    language: str = "en"
    employer: str = ""

    @property
    def role_name(self) -> str:
        """The role in the reader's language, and the company of a contractor's person."""
        role = gettext(ROLES[self.role])
        return f"{role}, {self.employer}" if self.employer else role

    @property
    def otpauth(self) -> str:
        """The second factor as an authenticator app reads it."""
        if not self.totp_secret:
            return ""
        label = quote(f"Harborview demo:{self.email}")
        return f"otpauth://totp/{label}?{urlencode({'secret': self.totp_secret, 'issuer': 'Harborview demo'})}"


ACCOUNTS: tuple[Account, ...] = (
    Account(
        "resident", "Maria Alvarez", RESIDENT, "", "",
        _("Report a pothole on Grand Avenue, follow it, then say it is not fixed."),
    ),
    Account(
        "crew", "Tom Becker", "crew@harborview.example", PASSWORD, "HARBORVIEWCREWAAABBBCCCDDDEEEFFF",
        _("On a phone: open My day, start the first job and finish it with its minutes and material."), "streets",
        "pavement",
    ),
    Account(
        "call-taker", "Iris Nakamura", "calls@harborview.example", PASSWORD, "HARBORVIEWCALLTAKERAABBCCDDEEFFG",
        _("Take a call: file a streetlight for the caller by keyboard, then look at why people call."),
    ),
    Account(
        "council-office", "Pilar Mendoza", "office@harborview.example", PASSWORD,
        "HARBORVIEWOFFICEAABBCCDDEEFFGGHH",
        _("Read the district’s week in My office, then file for a constituent who agrees to be named."),
    ),
    Account(
        "dispatcher", "Dana Whitfield", "dispatcher@harborview.example", PASSWORD,
        "HARBORVIEWDISPATCHAABBCCDDEEFFGG", _("Work the Streets queue by keyboard: merge two reports of one pothole."),
        "streets",
    ),
    Account(
        "supervisor", "Rosa Ibarra", "supervisor@harborview.example", PASSWORD, "HARBORVIEWSUPERVISEAABBCCDDEEFFG",
        _("See every department's late work and change twenty requests at once."), language="es",
    ),
    Account(
        "dispatcher", "Lena Ortiz", "contractor@harborview.example", PASSWORD, "HARBORVIEWCONTRACTORAABBCCDDEEFF",
        _("See what a contractor sees: the graffiti crew’s work alone, until the contract ends."), team=CONTRACTED_TEAM,
        employer=CONTRACTOR,
    ),
    Account(
        "editor", "Grace Okafor", "editor@harborview.example", PASSWORD, "HARBORVIEWEDITORAABBCCDDEEFFGGHH",
        _("Change the question on the front page: Pages, then City hall."),
    ),
    Account(
        "data-steward", "Nadia Haddad", "data@harborview.example", PASSWORD, "HARBORVIEWDATASTEWARDAABBCCDDEEF",
        _("Publish a spreadsheet of your own under Data, and look at its page as everybody sees it."),
    ),
    Account(
        "administrator", "Samuel Park", "administrator@harborview.example", PASSWORD,
        "HARBORVIEWADMINISTRATORAABBCCDDE", _("Add a person, make an API key, read the audit log."),
    ),
)  # fmt: skip
