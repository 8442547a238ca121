"""The documents room's views."""
