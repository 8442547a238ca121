"""What the documents room does."""
