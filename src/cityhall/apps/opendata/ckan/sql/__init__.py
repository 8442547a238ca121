"""The SQL of `datastore_search_sql`: one SELECT over one dataset, in PostgreSQL's spelling."""
