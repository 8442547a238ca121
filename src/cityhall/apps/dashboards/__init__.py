"""How the city does with its requests, in figures: for everybody, and for staff of their own work."""
