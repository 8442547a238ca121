"""What the notify room does."""
