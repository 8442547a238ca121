"""What the demo may ask of the subscriptions room."""

from cityhall.apps.subscriptions.services import send_due, subscribe

__all__ = ["send_due", "subscribe"]
