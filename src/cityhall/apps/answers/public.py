"""What the demo may ask of the answers room. Forms of other rooms read `offers.ready_answers`."""

from cityhall.apps.answers.services import save_answer

__all__ = ["save_answer"]
