"""The opendata room's doors: pages for people, SODA for programs."""
