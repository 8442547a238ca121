"""The answers room: ready answers to residents, and notices between colleagues."""
