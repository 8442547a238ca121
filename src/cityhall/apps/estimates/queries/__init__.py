"""Reads of the room: dates of requests, the models behind them, and how well dates would have done on a history."""
