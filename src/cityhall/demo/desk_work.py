"""What Harborview's desk keeps: ready answers, two closings that wait for a supervisor, a named colleague."""

from __future__ import annotations

from datetime import datetime, timedelta

from cityhall.apps.answers import public as answers
from cityhall.apps.answers.contracts import AnswerTerms, Use
from cityhall.apps.identity import public as identity
from cityhall.apps.service_requests import public as service_requests
from cityhall.apps.service_requests.contracts import DeskFilter, Outcome, RequestFilter, State
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor

#: What it is for, the category ("" for all), English, Spanish.
ANSWERS: tuple[tuple[Use, str, str, str], ...] = (
    (
        Use.FIXED, "",
        "The work at {place} is done ({number}). Thank you for telling us.",
        "El trabajo en {place} está terminado ({number}). Gracias por avisarnos.",
    ),
    (
        Use.FIXED, "pothole",
        "The crew filled the pothole at {place} on {date:today}. If it opens again, tell us on this page.",
        "La cuadrilla tapó el bache en {place} el {date:today}. Si vuelve a abrirse, avísenos en esta página.",
    ),
    (
        Use.FIXED, "streetlight-out",
        "The light at {place} has a new lamp and was burning when the crew left.",
        "La farola en {place} tiene una lámpara nueva y estaba encendida cuando la cuadrilla se fue.",
    ),
    (
        Use.NOT_FOUND, "",
        "The crew went to {place} on {date:today} and did not find the problem. A photo helps us look again.",
        "La cuadrilla fue a {place} el {date:today} y no encontró el problema. Una foto nos ayuda a buscar otra vez.",
    ),
    (
        Use.NOT_CITY, "",
        "This does not belong to the city, so request {number} ends here. Its owner has to mend it.",
        "Esto no le corresponde a la ciudad, así que la solicitud {number} termina aquí. Le toca a su dueño repararlo.",
    ),
    (
        Use.CANNOT, "",
        "We cannot do this now: there is no money for it in this year’s plan. {department} keeps it for the next one.",
        "No podemos hacerlo ahora: el plan de este año no tiene dinero. {department} lo guarda para el próximo.",
    ),
    (
        Use.SCHEDULE, "",
        "{team} comes by {date:due}. Please keep the place free of parked cars.",
        "{team} va antes del {date:due}. Deje libre el lugar de carros estacionados, por favor.",
    ),
    (
        Use.REFER, "",
        "This belongs to somebody else. We have passed request {number} on and ask them until they answer.",
        "Esto le corresponde a otra entidad. Le pasamos la solicitud {number} y preguntamos hasta que conteste.",
    ),
    (
        Use.REPLY, "",
        "Thank you. Requests like yours are done {expected}.",
        "Gracias. Las solicitudes como la suya se atienden {expected}.",
    ),
    (
        Use.REOPEN, "",
        "You were right, and we are sorry: {category} {number} is open again.",
        "Usted tenía razón y lo lamentamos: {category} {number} está abierta otra vez.",
    ),
)  # fmt: skip
APPROVED = "street-damage"
_ASKED = (
    ("The whole road is rebuilt next spring, and the damage goes with it.", "Toda la calle se rehace en primavera."),
    ("The ground below moves, so a patch would not hold.", "El suelo se mueve y un parche no aguantaría."),
)


def load(now: datetime, *, crew: Actor, dispatcher: Actor, actor: Actor) -> None:
    """Write the answers, and do the last hour's work of two people.

    Args:
        crew: asks to close, and is named in a note.
        dispatcher: names them.
    """
    for order, (use, category, english, spanish) in enumerate(ANSWERS, start=1):
        answers.save_answer(AnswerTerms(use, {"en": english, "es": spanish}, category, order * 10), actor=actor)
    service_requests.approve_closings(APPROVED, [Outcome.CANNOT], actor=actor)
    ours = DeskFilter(base=RequestFilter(categories=(APPROVED,)), states=(State.RECEIVED, State.SCHEDULED))
    found = service_requests.desk_queue(ours, actor, order="age", limit=len(_ASKED) + 1).items
    for number, (row, (sentence, spanish)) in enumerate(zip(found, _ASKED, strict=False)):
        words = {"es": (spanish, {"en": sentence})}.get(row.request.language, (sentence, {"es": spanish}))
        with clock.held_at(now - timedelta(minutes=50 - 20 * number)):
            service_requests.close(row.request.id, actor=crew, outcome=Outcome.CANNOT, sentence=words[0], also=words[1])
    named = next((one for one in identity.people() if one.id == crew.id), None)
    if named and len(found) > len(_ASKED):
        handle = ".".join(named.name.lower().split())
        with clock.held_at(now - timedelta(minutes=15)):
            service_requests.add_note(
                found[-1].request.id,
                actor=dispatcher,
                text=f"@{handle} please measure it when you pass, before we plan the week.",
            )
