"""What the command line asks of the records room."""

from cityhall.apps.records.services.office import reapply

__all__ = ["reapply"]
