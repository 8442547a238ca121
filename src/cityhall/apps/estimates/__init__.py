"""The estimates room: when a request will be done, how sure that is, and what was said about it."""
