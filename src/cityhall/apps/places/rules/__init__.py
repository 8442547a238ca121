"""Pure decisions about places: geometry, address text, business days."""
