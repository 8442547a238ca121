"""The records room's pages."""
