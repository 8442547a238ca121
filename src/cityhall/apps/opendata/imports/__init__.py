"""Reading tables that are no CSV files, and fetching them."""

from cityhall.apps.opendata.imports.conversion import as_csv
from cityhall.apps.opendata.imports.fetching import publish_source, refresh, refresh_due
from cityhall.apps.opendata.imports.harvesting import harvest, harvest_due, harvest_file

__all__ = ["as_csv", "harvest", "harvest_due", "harvest_file", "publish_source", "refresh", "refresh_due"]
