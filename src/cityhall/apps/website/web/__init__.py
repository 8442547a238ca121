"""The website's doors: the editors' entrance and its own content security policy."""
