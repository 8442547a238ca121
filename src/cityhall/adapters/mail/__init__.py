"""Mail engines."""
