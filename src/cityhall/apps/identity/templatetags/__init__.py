"""Template tags of the identity room."""
