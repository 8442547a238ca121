"""Route solvers: OR-Tools in a process of its own, and the next nearest stop where that gives no answer."""
