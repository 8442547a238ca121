"""SoQL, the query language of SODA 2.1: text, then tokens, then syntax, then a checked query of the kernel's."""
