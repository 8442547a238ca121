"""What a new password must be, beside what Django's own validators ask."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LONGEST = 128


class MaximumLength:
    """Refuses what no person types, and what takes long to hash."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError for a password that is too long."""
        if len(password) > LONGEST:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        """Say what is asked."""
        return _("Choose a password of at most %(longest)d characters.") % {"longest": LONGEST}
