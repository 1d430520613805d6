"""The same for every alert that a query means."""

from collections.abc import Callable
from typing import Any, Final

from opale.connectors.alerta import acts
from opale.connectors.alerta.asked import Asked, made, ok
from opale.connectors.alerta.bodies import ALERT
from opale.connectors.alerta.identifiers import uuid_of
from opale.connectors.alerta.listing import meant
from opale.connectors.alerta.refusals import Refuse, refusing
from opale.run.events import actions
from opale.run.events.models import Alert
from opale.run.events.ports import Reply

MOST: Final = 1_000


def act(asked: Asked) -> Reply:
    """Over there a queue does it later; here it is done when this is answered."""
    action = asked.text("action")
    if not action:
        raise Refuse(400, "must supply 'action' as json data")
    done = _each(asked, lambda alert: _perform(action, alert, asked))
    return made(202, message=f"{len(done)} alerts queued for action")


def set_status(asked: Asked) -> Reply:
    status = asked.text("status")
    if not status:
        raise Refuse(400, "must supply 'status' as json data")
    done = _each(asked, lambda alert: acts.become(status, alert, asked))
    return ok(updated=done, count=len(done))


def tag(asked: Asked) -> Reply:
    return _marked(asked, tags=asked.words("tags"))


def untag(asked: Asked) -> Reply:
    return _marked(asked, without=asked.words("tags"))


def set_attributes(asked: Asked) -> Reply:
    attributes = asked.said.get("attributes")
    if not isinstance(attributes, dict) or not attributes:
        raise Refuse(400, "must supply 'attributes' as json data")
    return _marked(asked, attributes=attributes)


def delete(asked: Asked) -> Reply:
    done = _each(asked, lambda alert: acts.become("closed", alert, asked))
    return ok(deleted=done, count=len(done))


def _perform(action: str, alert: Alert, asked: Asked) -> None:
    try:
        acts.perform(action, alert, asked)
    except Refuse as refusal:
        # As over there: what is so already, or cannot be, is passed over.
        if refusal.status != 409:
            raise


def _each(asked: Asked, do: Callable[[Alert], None]) -> list[str]:
    found = list(meant(asked).order_by("pk")[:MOST])
    if not found:
        raise Refuse(404, "not found")
    for alert in found:
        do(alert)
    return [uuid_of(ALERT, alert.pk) for alert in found]


def _marked(asked: Asked, **marks: Any) -> Reply:
    ids = list(meant(asked).order_by("pk").values_list("pk", flat=True)[:MOST])
    if not ids:
        return ok(updated=[], count=0)
    rows = asked.rows().filter(pk__in=ids)
    with refusing():
        done = actions.mark_alerts(rows, by=asked.by, **marks)
    return ok(updated=[uuid_of(ALERT, pk) for pk in done], count=len(done))
