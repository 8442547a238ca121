"""Open data: what the city publishes, and the languages in which it is asked for."""
