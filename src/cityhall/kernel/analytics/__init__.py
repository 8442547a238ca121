"""Questions to tables: the one query tree that every query language becomes, and the port of the engines that answer.

A door reads its language into `query.Query` (checked and typed, see `building`); an engine turns that into its own SQL
with bound parameters.
"""
