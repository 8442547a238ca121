"""The demo city: generated, deterministic, honest about being made up. Nothing imports it but the command line."""
