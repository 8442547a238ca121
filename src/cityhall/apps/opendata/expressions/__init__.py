"""Expressions as SoQL and CKAN's SQL both write them: tokens, syntax, and the grammar they have in common."""
