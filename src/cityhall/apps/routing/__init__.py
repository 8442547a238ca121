"""Which team a request goes to, by rules that can be tried first; and what happens when a target nears."""
