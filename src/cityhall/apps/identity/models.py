"""Users, departments, teams, roles and API keys."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from cityhall.apps.identity.rules.phones import mail_address
from cityhall.kernel.django.base import Record
from cityhall.kernel.ids import new_id


class UserManager(BaseUserManager["User"]):
    """Makes users; addresses are folded to lower case so that one mailbox is one person."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Make a user; without a password they sign in by e-mail code only."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Make a staff user with every permission."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        """Find by address, whatever its case."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):  # type: ignore[django-manager-missing]  # Wagtail's untyped models
    """A person: a resident, or staff when `is_staff`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=150, blank=True)
    phone = models.CharField(max_length=32, blank=True)
    phone_confirmed_at = models.DateTimeField(null=True, help_text="When its owner read a code sent to it.")
    language = models.CharField(max_length=8, default="en")
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False, help_text="Works on loopback addresses only.")
    contractor = models.ForeignKey("Contractor", on_delete=models.PROTECT, null=True, related_name="people")
    date_joined = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["phone"], condition=models.Q(phone_confirmed_at__isnull=False), name="user_phone_once"
            )
        ]

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.name or mail_address(self.email) or self.phone


class Department(Record):
    """A department of the city."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.JSONField(help_text="Translated text: language code to text.")
    email = models.EmailField(blank=True)
    is_active = models.BooleanField(default=True)


class Contractor(Record):
    """A company that works for the city. Its people have access from the first to the last day of the contract."""

    name = models.CharField(max_length=120, unique=True)
    contract_number = models.CharField(max_length=60, blank=True)
    contact_name = models.CharField(max_length=120, blank=True)
    contact_email = models.EmailField(blank=True)
    contact_phone = models.CharField(max_length=32, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    ended_at = models.DateTimeField(null=True, help_text="When somebody ended it before its last day.")
    reads_notes = models.BooleanField(default=False, help_text="Its people read the internal notes of others.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_on__gte=models.F("starts_on")), name="contract_has_days")
        ]


class Team(Record):
    """A crew or desk inside a department, of the city's own people or of a contractor's."""

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="teams")
    code = models.SlugField(max_length=40, unique=True)
    name = models.JSONField(help_text="Translated text: language code to text.")
    is_active = models.BooleanField(default=True)
    contractor = models.ForeignKey(Contractor, on_delete=models.PROTECT, null=True, related_name="teams")


class Role(Record):
    """A named set of permissions."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.JSONField(help_text="Translated text: language code to text.")
    permissions = ArrayField(models.CharField(max_length=80), default=list)


class Membership(Record):
    """A user's role: everywhere, or in one department, or in one team."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="memberships")
    department = models.ForeignKey(Department, on_delete=models.CASCADE, null=True, related_name="memberships")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, related_name="memberships")
    source = models.CharField(max_length=10, blank=True, help_text="sso: given by claims at sign-in.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "department", "team"], name="membership_once", nulls_distinct=False
            )
        ]


class ApiKey(Record):
    """A key for programs. Only a hash of it is kept; `prefix` lets people tell keys apart."""

    name = models.CharField(max_length=120)
    prefix = models.CharField(max_length=12, unique=True)
    hash = models.CharField(max_length=64)
    scopes = ArrayField(models.CharField(max_length=80), default=list)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_keys")
    per_minute = models.PositiveIntegerField(default=60)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)


class SharedCache(models.Model):
    """The table of Django's database cache: sign-in limits and used one-time codes, the same in every process."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "identity_cache"
