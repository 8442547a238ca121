"""Pure decisions about ready answers and mentions."""

from cityhall.apps.answers.rules.filling import fill, known, unknown_in, variables_in

__all__ = ["fill", "known", "unknown_in", "variables_in"]
