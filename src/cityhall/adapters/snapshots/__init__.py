"""Snapshots of published data, written by DuckDB."""
