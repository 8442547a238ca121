"""The identity room's addresses. `localized` ones get a language prefix, `plain` ones never.

The sign-in library's pages are named one by one: what is not listed here is not offered.
"""

from __future__ import annotations

from allauth.account import views as account_views
from allauth.mfa.base import views as mfa_views
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp_views
from allauth.mfa.webauthn import views as key_views
from django.urls import URLPattern, URLResolver, path, register_converter
from django.urls.converters import StringConverter

from cityhall.apps.identity.web import account, audit, contractors, desk, sessions, sign_in, sso, who_may


class Base36(StringConverter):
    """An account's number as the password links write it: letters and digits, so that a dash ends it."""

    regex = "[0-9A-Za-z]+"


register_converter(Base36, "base36")

localized: list[URLPattern | URLResolver] = [
    path("account/", account.account, name="account"),
    path("account/language/", account.account_language, name="account-language"),
    path("account/my-data.zip", account.account_export, name="account-export"),
    path("account/erase/", account.account_erase, name="account-erase"),
    path("account/sign-in/", sign_in.sign_in, name="account_login"),
    path("account/sign-in/code/", sign_in.sign_in_code, name="sign-in-code"),
    path("account/sign-in/phone/", sign_in.sign_in_phone, name="sign-in-phone"),
    path("account/staff/", sign_in.staff_sign_in, name="staff-sign-in"),
    path("account/sso/", sso.sso_start, name="sso-start"),
    # The library's own pages: the password, the second factor, sessions.
    path("account/sign-out/", account_views.logout, name="account_logout"),
    path("account/inactive/", account_views.account_inactive, name="account_inactive"),
    path("account/confirm/", account_views.reauthenticate, name="account_reauthenticate"),
    path("account/password/", account.password_change, name="account_change_password"),
    path("account/password/forgotten/", account_views.password_reset, name="account_reset_password"),
    path("account/password/forgotten/sent/", account_views.password_reset_done, name="account_reset_password_done"),
    path(
        "account/password/new/<base36:uidb36>-<str:key>/",
        account_views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "account/password/new/done/",
        account_views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("account/second-factor/", mfa_views.index, name="mfa_index"),
    path("account/second-factor/code/", mfa_views.authenticate, name="mfa_authenticate"),
    path("account/second-factor/confirm/", mfa_views.reauthenticate, name="mfa_reauthenticate"),
    path("account/second-factor/app/", totp_views.activate_totp, name="mfa_activate_totp"),
    path("account/second-factor/app/remove/", totp_views.deactivate_totp, name="mfa_deactivate_totp"),
    path("account/second-factor/codes/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("account/second-factor/codes/new/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("account/second-factor/codes.txt", recovery.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("account/passkeys/", key_views.list_webauthn, name="mfa_list_webauthn"),
    path("account/passkeys/add/", key_views.add_webauthn, name="mfa_add_webauthn"),
    path("account/passkeys/confirm/", key_views.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("account/passkeys/sign-in/", key_views.login_webauthn, name="mfa_login_webauthn"),
    path("account/passkeys/<int:pk>/remove/", key_views.remove_webauthn, name="mfa_remove_webauthn"),
    path("account/passkeys/<int:pk>/name/", key_views.edit_webauthn, name="mfa_edit_webauthn"),
    path("account/sessions/", sessions.own_sessions, name="usersessions_list"),
    # The content editor brings a password page without limits or second factor; this stands before it.
    path("_util/login/", sign_in.other_entrance, name="other-entrance"),
    path("desk/people/", desk.people, name="desk-people"),
    path("desk/people/invite/", desk.invite, name="desk-people-invite"),
    path("desk/people/keys/", desk.keys, name="desk-keys"),
    path("desk/people/keys/<uuid:key_id>/revoke/", desk.key_revoke, name="desk-key-revoke"),
    path("desk/people/<uuid:user_id>/roles/", desk.membership_add, name="desk-membership-add"),
    path("desk/people/<uuid:user_id>/account/", desk.account_change, name="desk-account-change"),
    path("desk/people/roles/<uuid:membership_id>/remove/", desk.membership_remove, name="desk-membership-remove"),
    path("desk/people/access/", who_may.access, name="desk-access"),
    path("desk/people/access.csv", who_may.access_csv, name="desk-access-csv"),
    path("desk/people/<uuid:user_id>/sessions/", sessions.sessions_of_person, name="desk-person-sessions"),
    path("desk/people/contractors/", contractors.contractors, name="desk-contractors"),
    path("desk/people/contractors/new/", contractors.contractor_new, name="desk-contractor-new"),
    path("desk/people/contractors/<uuid:contractor_id>/", contractors.contractor, name="desk-contractor"),
    path(
        "desk/people/contractors/<uuid:contractor_id>/change/",
        contractors.contractor_change,
        name="desk-contractor-change",
    ),
    path("desk/audit/", audit.entries, name="desk-audit"),
]
# The provider knows one address of ours, in no language.
plain: list[URLPattern | URLResolver] = [path("account/sso/callback/", sso.sso_callback, name="sso-callback")]
