"""Pure decisions about ready answers and mentions."""

from cityhall.apps.answers.rules.filling import fill, known, unknown_in, variables_in
from cityhall.apps.answers.rules.mentions import handle_of, handles_in, is_meant

__all__ = ["fill", "handle_of", "handles_in", "is_meant", "known", "unknown_in", "variables_in"]
