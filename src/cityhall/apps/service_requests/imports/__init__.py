"""Reading another system's history: files become records, records become requests, the rest is handed back."""
