"""The day's plan: a team's work for a day, shared out among its crews as routes."""
