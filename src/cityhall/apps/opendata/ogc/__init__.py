"""OGC API Features: what is asked of a collection, its features, and the documents that describe it."""
