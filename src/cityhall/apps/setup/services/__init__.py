"""Writes: each answer of a set-up, the code that opens the pages, the files a browser brings."""
