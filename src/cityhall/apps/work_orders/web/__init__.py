"""The room's pages at the desk, and the door for webhooks."""
