"""Open311 GeoReport v2 as the city's server speaks it, with the extensions in use. See docs/reference/open311.md."""
