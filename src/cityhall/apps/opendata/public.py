"""What other code may call of the opendata room."""

from cityhall.apps.opendata.rules.contract_files import read as read_contract
from cityhall.apps.opendata.services import publish_file

__all__ = ["publish_file", "read_contract"]
