"""Talks to other cities' Open311 servers."""
