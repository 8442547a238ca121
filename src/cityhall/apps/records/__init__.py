"""The records room: how long things are kept, legal holds, what people take away and what is erased."""
