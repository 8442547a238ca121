"""What the command line and the demo may ask of the offices room."""

from cityhall.apps.offices.services import save_office

__all__ = ["save_office"]
