"""SODA 2.1's answers: rows as JSON, CSV and GeoJSON, the headers beside them, and what is said when a query fails."""
