"""Engines behind the ports of the kernel. Only `cityhall.config` chooses among them."""
