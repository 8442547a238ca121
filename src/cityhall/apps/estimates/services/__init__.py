"""Writes of the room: learning anew, and keeping what was said."""
