"""Following, and telling those who do."""

from cityhall.apps.subscriptions.services.digests import send_due
from cityhall.apps.subscriptions.services.following import subscribe

__all__ = ["send_due", "subscribe"]
