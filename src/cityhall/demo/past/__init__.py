"""Two years of service requests: what happened, who reported it, how the crews got to it, what was written down."""
