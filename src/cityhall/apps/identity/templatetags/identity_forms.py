"""Draws form fields with their label, hint and error, tied together for screen readers."""

from __future__ import annotations

from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from cityhall.apps.identity import queries

register = template.Library()


@register.simple_tag
def usa_field(field: BoundField) -> SafeString:
    """Draw one field: hidden ones bare, checkboxes beside their label, all others below it."""
    widget = field.field.widget
    if field.is_hidden:
        return SafeString(str(field))
    errors = format_html_join(
        "",
        '<span class="usa-error-message" id="{}-error">{}</span>',
        ((field.auto_id, e) for e in list(field.errors)[:1]),
    )
    # The libraries' hints may hold a link of theirs; ours are plain text. Both come from code, not from people.
    hint = (
        format_html('<div class="usa-hint" id="{}-hint">{}</div>', field.auto_id, SafeString(field.help_text))
        if field.help_text
        else SafeString("")
    )
    attrs: dict[str, Any] = {}
    described = [f"{field.auto_id}-{part}" for part, there in (("hint", hint), ("error", errors)) if there]
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if errors:
        attrs["aria-invalid"] = "true"
    if isinstance(widget, forms.CheckboxInput):
        box = field.as_widget(attrs=attrs)
        return format_html(
            '<div class="usa-form-group choice">{}{} <div><label for="{}">{}</label>{}</div></div>',
            errors, box, field.id_for_label, field.label, hint,
        )  # fmt: skip
    shape = "usa-select" if isinstance(widget, forms.Select) else "usa-input"
    attrs["class"] = f"{shape} {shape}--error" if errors else shape
    # A placeholder repeats the label in fainter letters and goes away when one types.
    widget.attrs.pop("placeholder", None)
    shown = _show_button(field) if isinstance(widget, forms.PasswordInput) else ""
    meter = strength(field.auto_id) if field.name == "password1" and shown else ""
    return format_html(
        '<div class="usa-form-group{}"><label class="usa-label" for="{}">{}</label>{}{}{}{}{}</div>',
        " usa-form-group--error" if errors else "",
        field.id_for_label, field.label, hint, errors, field.as_widget(attrs=attrs), shown, meter,
    )  # fmt: skip


def _show_button(field: BoundField) -> SafeString:
    """Return the button that shows what was typed, for whoever has scripts: it is typed in the dark otherwise."""
    return format_html(
        '<button class="usa-button usa-button--unstyled js-only-flex" type="button" aria-pressed="false"'
        ' aria-controls="{}" data-show="{}">{}</button>',
        field.id_for_label, field.id_for_label, _("Show the password"),
    )  # fmt: skip


@register.simple_tag
def strength(field_id: str) -> SafeString:
    """Draw the part that says, for whoever has scripts, how hard a new password is to guess. The server decides."""
    says = (
        _("Too short yet: 12 characters are needed."),
        _("Easy to guess. Add a word that has nothing to do with the others."),
        _("Good. One more word makes it stronger."),
        _("Strong."),
    )
    return format_html(
        '<div class="strength js-only is-empty" data-strength="{}">'
        '<meter min="0" max="4" low="2" high="3" optimum="4" value="0" aria-label="{}"></meter>'
        '<p class="meta" data-strength-words></p>{}</div>',
        field_id, _("How hard the password is to guess"),
        format_html_join("", "<span hidden data-strength-says>{}</span>", ((one,) for one in says)),
    )  # fmt: skip


@register.simple_tag
def single_sign_on() -> Any:
    """Return how staff sign in at the city's own provider, None when there is none."""
    return queries.single_sign_on()


@register.simple_tag
def sms_offered() -> bool:
    """Say whether people can sign in, and so follow, by text message."""
    return queries.sms_offered()


@register.simple_tag
def usa_form(form: forms.BaseForm) -> SafeString:
    """Draw a form's errors that belong to no field, then its fields."""
    general = format_html_join("", "<p>{}</p>", ((error,) for error in form.non_field_errors()))
    top = (
        format_html('<div class="usa-alert usa-alert--error" role="alert">{}</div>', general)
        if general
        else SafeString("")
    )
    return format_html("{}{}", top, format_html_join("", "{}", ((usa_field(field),) for field in form)))
