"""What the demo may ask of the routing room."""

from cityhall.apps.routing.services import (
    begin_draft,
    escalate_due,
    look_again,
    save_plan,
    save_rule,
    switch_on,
    try_draft,
)

__all__ = ["begin_draft", "escalate_due", "look_again", "save_plan", "save_rule", "switch_on", "try_draft"]
