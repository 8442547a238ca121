"""Who people are and what they may do: residents, staff, departments, teams, roles, API keys."""
