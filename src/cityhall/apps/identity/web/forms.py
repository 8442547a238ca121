"""Forms of the sign-in and people pages."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.forms import LoginForm, ResetPasswordForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

from cityhall.apps.identity import queries


class EmailForm(forms.Form):
    """Where to send a sign-in code."""

    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )

    def clean_email(self) -> str:
        """Fold the address: one mailbox is one person."""
        return cast(str, self.cleaned_data["email"]).strip().lower()


class CodeForm(forms.Form):
    """The code that came by e-mail."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def clean_code(self) -> str:
        """Keep the digits: people type spaces and dashes."""
        return "".join(letter for letter in self.cleaned_data["code"] if letter.isdigit())


class StaffLoginForm(LoginForm):  # type: ignore[misc]  # the library has no types
    """The library's form, in the words of the other pages."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail")


class AddPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]  # the library has no types
    """A new passkey, asked for in our words. It opens the account alone unless its owner says otherwise."""

    passwordless = forms.BooleanField(
        label=_("Sign in with this passkey alone, without the password"),
        required=False,
        initial=True,
        help_text=_("Your device then asks for your fingerprint, face or PIN each time."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_passkey(self)


class RenamePasskeyForm(EditWebAuthnForm):  # type: ignore[misc]  # the library has no types
    """A passkey's new name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_passkey(self)


def _name_passkey(form: forms.Form) -> None:
    form.fields["name"].label = _("Name of the passkey")
    form.fields["name"].help_text = _("To tell it from your others, such as “Work phone”.")


class StaffResetPasswordForm(ResetPasswordForm):  # type: ignore[misc]  # the library has no types
    """Only staff have passwords, and not those who come by the city's provider; other addresses count as unknown."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail")

    def clean_email(self) -> str:
        """Look the address up among staff."""
        address: str = super().clean_email()
        self.users: list[Any] = [user for user in self.users if user.is_staff and not queries.comes_by_sso(user.id)]
        return address
