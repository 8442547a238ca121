"""What other code may call of the opendata room."""

from cityhall.apps.opendata.imports import (
    as_csv,
    harvest,
    harvest_due,
    harvest_file,
    publish_source,
    refresh,
    refresh_due,
)
from cityhall.apps.opendata.rules.contract_files import read as read_contract
from cityhall.apps.opendata.services import (
    publish_again,
    publish_file,
    publish_live,
    recall,
    remove,
    remove_portal,
    state_terms,
)

__all__ = [
    "as_csv",
    "harvest",
    "harvest_due",
    "harvest_file",
    "publish_again",
    "publish_file",
    "publish_live",
    "publish_source",
    "read_contract",
    "recall",
    "refresh",
    "refresh_due",
    "remove",
    "remove_portal",
    "state_terms",
]
