"""Django's PostgreSQL engine with a cheaper look at an idle connection and with prepared reads."""
