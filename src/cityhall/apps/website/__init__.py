"""The city's public pages, edited in Wagtail."""
