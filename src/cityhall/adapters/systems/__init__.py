"""Calls the systems a city has connected."""
