"""Pages and middleware of the identity room."""
