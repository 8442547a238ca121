"""The rooms. Each imports only rooms below it, and only their public surface."""
