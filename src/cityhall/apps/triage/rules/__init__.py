"""The pure decisions of the room: what words look like to the model, and what it makes of them."""

from cityhall.apps.triage.rules.features import FEATURES, features
from cityhall.apps.triage.rules.judging import interval, tally
from cityhall.apps.triage.rules.knowledge import kinds_of
from cityhall.apps.triage.rules.model import Model
from cityhall.apps.triage.rules.placing import placed
from cityhall.apps.triage.rules.training import train

__all__ = ["FEATURES", "Model", "features", "interval", "kinds_of", "placed", "tally", "train"]
