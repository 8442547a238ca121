"""Writes: the city, its areas, streets, addresses, assets and drawn features. Each is one transaction."""
