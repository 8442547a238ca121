"""Reads: the city, areas, search by text, search by point, layers for maps."""
