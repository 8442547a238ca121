"""Template tags of the crews room."""
