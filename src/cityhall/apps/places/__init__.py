"""Where things are: boundary, areas, streets, addresses, intersections, assets."""
