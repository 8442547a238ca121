"""Triage: what a resident's words mean, learnt from the city's own requests."""
