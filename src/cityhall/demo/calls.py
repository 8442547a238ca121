"""Calls of the last days that needed no request: what people ask a city on the telephone, newest first."""

from __future__ import annotations

from cityhall.apps.service_requests.contracts import CallKind, Source

CALLS = (
    (CallKind.ANSWERED, "Trash day", "Wanted the holiday schedule. Read it to them.", Source.PHONE),
    (CallKind.ANSWERED, "Streetlight", "Asked how long a light takes: about a week.", Source.PHONE),
    (CallKind.ANSWERED, "Trash day", "New on the street: Tuesday, bins out by six.", Source.PHONE),
    (CallKind.TRANSFERRED, "Water bill", "Put through to the water office.", Source.PHONE),
    (CallKind.HUNG_UP, "", "", Source.PHONE),
    (CallKind.ANSWERED, "Parking permit", "Sent them to the page with the form.", Source.COUNTER),
    (CallKind.COMPLAINT, "Street sweeping", "Third week without a sweeper, the signs say Thursday.", Source.PHONE),
    (CallKind.TRANSFERRED, "Water bill", "Put through to the water office.", Source.PHONE),
    (CallKind.OTHER, "Thanks", "Thanked the crew that cleared the drain.", Source.EMAIL),
    (CallKind.ANSWERED, "Bulky items", "Two a year are free, told them how to book.", Source.PHONE),
    (CallKind.ANSWERED, "Pothole", "Asked how to report one from a car. Told them to park first.", Source.PHONE),
    (CallKind.ANSWERED, "Bulky items", "A mattress: what it costs and where it goes.", Source.PHONE),
)
