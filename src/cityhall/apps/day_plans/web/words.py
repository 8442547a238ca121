"""What codes of the room are called on a page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from cityhall.apps.day_plans.contracts import Change, Limit, Reason, Standing, Timed, Trouble, Why

WHY = {
    Why.NO_PLACE: _("No place is known: put it on the map first"),
    Why.NO_SKILL: _("No crew has the skill it needs"),
    Why.NO_CREW: _("No crew goes out"),
    Why.FULL: _("The crews are full"),
    Why.NO_TIME: _("It does not fit into the working day"),
    Why.WINDOW: _("Nobody can be there at the promised time"),
    Why.BY_HAND: _("Left out by hand"),
}
LIMITS = {
    Limit.SKILL: _("%(crew)s lacks the skill"),
    Limit.JOBS: ngettext_lazy("%(crew)s takes %(number)s job a day", "%(crew)s takes %(number)s jobs a day", "number"),
    Limit.WINDOW: _("%(crew)s cannot be there at the promised time"),
    Limit.HOURS: _("%(crew)s would be back after its day ends"),
    Limit.NONE: _("%(crew)s has room: it can be taken in by hand"),
}
TIMED = {
    Timed.SET: _("set for this kind"),
    Timed.LEARNT: _("learnt from crews"),
    Timed.USUAL: _("usual time"),
}
TROUBLES = {
    Trouble.SKILL: _("This crew lacks a skill it needs."),
    Trouble.LATE: _("Later than promised."),
    Trouble.OVER: _("More jobs than the crew takes."),
    Trouble.LONG: _("Back after the working day ends."),
}
REASONS = {
    Reason.MADE: _("planned"),
    Reason.CHANGED: _("changed by hand"),
    Reason.SPLIT: _("a stop was split"),
    Reason.LEFT_OUT: _("a stop was left out"),
    Reason.TAKEN_IN: _("a request was taken in"),
    Reason.URGENT: _("something urgent came"),
}
CHANGES = {
    Change.NEW: _("New in the plan"),
    Change.OUT: _("Left out"),
    Change.CREW: _("Another crew"),
    Change.TIME: _("Another time"),
}
STANDINGS = {
    Standing.ASKED: _("Waiting for a free worker"),
    Standing.READING: _("Reading the team’s work"),
    Standing.SOLVING: _("Looking for the shortest ways"),
}
SOLVERS = {
    "ortools": _("Routes by OR-Tools."),
    "nearest": _("Routes by the next nearest stop: the solver gave no answer."),
}
