"""SMS engines."""
