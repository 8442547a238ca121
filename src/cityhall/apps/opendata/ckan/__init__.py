"""CKAN's Action API: what it calls things, how rows are asked for and written, and its SQL. Knows no web."""
