"""The desk's pages of day plans."""
