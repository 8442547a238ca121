"""Commands of the service requests room."""
