"""Harborview itself: its coast, streets, addresses, areas and street furniture, drawn from a seed."""
