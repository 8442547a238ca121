"""Crews in the field: the day's work on a phone, visits with minutes and materials, and what they add up to."""
