"""Work-order systems: requests go to the systems that do the work, and what came of them comes back."""
