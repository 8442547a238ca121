"""Pages: the resident's report, map, list and request; the desk."""
