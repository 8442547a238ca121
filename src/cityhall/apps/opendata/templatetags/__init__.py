"""Template tags of the opendata room."""
