"""Pure rules about files: bytes in, an answer out."""
