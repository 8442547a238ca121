"""What the command line and the demo may ask of the triage room."""

from cityhall.apps.triage.queries import advise
from cityhall.apps.triage.services import judge, learn

__all__ = ["advise", "judge", "learn"]
