"""The wire format of Open311 GeoReport v2: its records, how they are written, how they are read. No framework.

The server (service requests) writes it and reads what clients post; the client (an adapter) does the reverse. Both
share these records, so that what we publish is what we can read.
"""
