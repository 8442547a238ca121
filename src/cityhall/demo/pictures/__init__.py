"""Drawn pictures of trouble and of trouble mended, in one flat style. Nobody's street is photographed."""
