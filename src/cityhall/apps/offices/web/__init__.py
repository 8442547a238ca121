"""The pages of offices, and of those who set them up."""
