"""Setting up: from an empty database to a city that can open, by command or in the browser."""
