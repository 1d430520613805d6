"""Small makers of calls."""

from datetime import UTC, datetime, timedelta
from typing import Any

from opale.kernel.actor import EVERYTHING, Actor, connector, system
from opale.kernel.attribution import attributed
from opale.organisation.models import Person
from opale.run.events.models import Integration
from opale.run.telephone.actions.signals import record_signal
from opale.run.telephone.domain.signals import Signal
from opale.run.telephone.models import Call, Line
from opale.run.telephone.states import Direction, SignalKind

SYSTEM = connector("cti", "Telephone")
NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
RIGHTS = (
    *("telephone.read", "telephone.work", "desk.read", "desk.console", "desk.work"),
    *("customers.read", "organisation.read"),
)
NUMBER = "33199001122"
RING, ANSWER, HANGUP = SignalKind.RING, SignalKind.ANSWER, SignalKind.HANGUP


def agent_of(person: Person) -> Actor:
    """An agent of the desk who answers calls."""
    grants = dict.fromkeys(RIGHTS, EVERYTHING)
    return Actor("person", f"user:{person.pk}", person.name, grants, person_id=person.pk)


def make_integration() -> Integration:
    with attributed(system("test")):
        return Integration.objects.get_or_create(name="Telephone", defaults={"format": "cti"})[0]


def make_line(person: Person, name: str) -> Line:
    with attributed(system("test")):
        return Line.objects.create(person=person, name=name)


def signal(kind: SignalKind, call_id: str = "1", **fields: Any) -> Signal:
    values = {"direction": Direction.IN, "caller": NUMBER, "called": "33199000000"} | fields
    return Signal(kind=kind, call_id=call_id, **values)


def told(*signals: Signal, at: datetime = NOW, apart: int = 10) -> Call:
    """The call after these signals, so many seconds apart."""
    integration = make_integration()
    call = None
    for number, one in enumerate(signals):
        moment = at + timedelta(seconds=number * apart)
        call = record_signal(one, integration_id=integration.pk, by=SYSTEM, at=moment)
    assert call is not None
    call.refresh_from_db()
    return call
