"""Fetches things from the web, safely."""
