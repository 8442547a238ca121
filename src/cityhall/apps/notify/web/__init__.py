"""The notify room's pages."""
