"""DuckDB within the process: the engine of one machine."""
