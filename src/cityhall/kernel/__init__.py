"""Pure building blocks every room shares. Nothing here knows the framework; `kernel.django` does."""
