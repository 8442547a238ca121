"""Pages of the answers room."""
