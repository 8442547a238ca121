"""Telling people: messages, followers, unsubscribing."""
