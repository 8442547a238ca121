"""Service requests: residents report, the city routes, fixes, proves, and can be contradicted."""
