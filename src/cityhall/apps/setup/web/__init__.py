"""The set-up pages at /setup/."""
