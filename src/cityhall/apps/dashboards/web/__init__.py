"""The room's pages: the figures, and every chart's data."""
