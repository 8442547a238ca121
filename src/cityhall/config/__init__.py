"""Settings, URLs and WSGI: the one place that chooses adapters."""
