"""Forms of the sign-in and people pages."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.forms import ResetPasswordForm
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cityhall.apps.identity import queries
from cityhall.apps.identity.rules.phones import number_of


class EmailForm(forms.Form):
    """Where to send a sign-in code."""

    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )

    def clean_email(self) -> str:
        """Fold the address: one mailbox is one person."""
        return cast(str, self.cleaned_data["email"]).strip().lower()


class PhoneForm(forms.Form):
    """Where to send a sign-in code as a text message."""

    phone = forms.CharField(
        label=_("Mobile number"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "type": "tel"}),
    )

    def clean_phone(self) -> str:
        """Write the number as engines want it."""
        number = number_of(self.cleaned_data["phone"], settings.CITYHALL_PHONE_COUNTRY)
        if not number:
            raise forms.ValidationError(_("Give a mobile number with its area code, for example 619 555 0123."))
        return number


class CodeForm(forms.Form):
    """The code that came by e-mail or text message."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def clean_code(self) -> str:
        """Keep the digits: people type spaces and dashes."""
        return "".join(letter for letter in self.cleaned_data["code"] if letter.isdigit())


class StaffResetPasswordForm(ResetPasswordForm):  # type: ignore[misc]  # the library has no types
    """Only staff have passwords, and not those who come by the city's provider; other addresses count as unknown."""

    def clean_email(self) -> str:
        """Look the address up among staff."""
        address: str = super().clean_email()
        self.users: list[Any] = [user for user in self.users if user.is_staff and not queries.comes_by_sso(user.id)]
        return address
