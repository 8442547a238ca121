"""Engines that answer queries over snapshots."""
