"""Writes: the schedule and its nights, holds, erasures, files for people."""
