"""CQL2, the OGC's language for filters: read as text or as JSON into the kernel's query tree.

What is read is in `building.Builder`'s words: both encodings name the same operators, so each is explained once.
"""
