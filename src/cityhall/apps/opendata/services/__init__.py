"""Writes of the opendata room."""

from cityhall.apps.opendata.services.comparing import changes
from cityhall.apps.opendata.services.files import KEPT as FILES
from cityhall.apps.opendata.services.files import MAKE as MAKE_FILE
from cityhall.apps.opendata.services.files import make_file, whole_file
from cityhall.apps.opendata.services.harvesting import remove_portal
from cityhall.apps.opendata.services.live import forget_marks, publish_again, publish_live
from cityhall.apps.opendata.services.newcomers import follow_all, following_all, tell_of_new, unfollow_all
from cityhall.apps.opendata.services.own import state_terms
from cityhall.apps.opendata.services.pruning import prune_all
from cityhall.apps.opendata.services.publishing import publish_file
from cityhall.apps.opendata.services.recalling import recall, tidy_all
from cityhall.apps.opendata.services.removing import remove
from cityhall.apps.opendata.services.telling import follow, following, tell_due, unfollow

__all__ = [
    "FILES",
    "MAKE_FILE",
    "changes",
    "follow",
    "follow_all",
    "following",
    "following_all",
    "forget_marks",
    "make_file",
    "prune_all",
    "publish_again",
    "publish_file",
    "publish_live",
    "recall",
    "remove",
    "remove_portal",
    "state_terms",
    "tell_due",
    "tell_of_new",
    "tidy_all",
    "unfollow",
    "unfollow_all",
    "whole_file",
]
