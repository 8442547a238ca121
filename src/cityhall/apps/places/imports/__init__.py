"""Files of places from elsewhere: read, understood, loaded in one transaction."""
