"""What webhooks need from the apps above: which facts are published, and their content."""

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.utils.functional import Promise

from opale.kernel.actor import Actor
from opale.kernel.facts import Fact, listen

F = TypeVar("F", bound=Fact)


@dataclass(frozen=True, slots=True)
class EventContent:
    """The content of one event: JSON-ready data, and the customer it is about.

    `whole`: the data are all that is sent, in the form that a standard prescribes.
    """

    data: Mapping[str, Any]
    customer_id: int | None
    whole: bool = False


ContentBuilder = Callable[[F, Actor], Iterable[EventContent]]


@dataclass(frozen=True, slots=True)
class Event:
    """A fact under its public name. `right` is needed to receive the event."""

    name: str
    label: str | Promise
    right: str
    tell: ContentBuilder[Any]


FactHandler = Callable[[Event, Fact, Actor], None]
CustomerCheck = Callable[[int], bool]

_events: dict[str, Event] = {}
_handler: list[FactHandler] = []
_asked_for: list[Callable[[], Container[str]]] = []
_customer_check: list[CustomerCheck] = []


def register_fact_handler(handler: FactHandler, *, asked_for: Callable[[], Container[str]]) -> None:
    """Register the handler of facts; `asked_for` returns the events that webhooks want."""
    _handler[:], _asked_for[:] = [handler], [asked_for]


def publish(
    kind: type[F], name: str, *, label: str | Promise, right: str, tell: ContentBuilder[F]
) -> None:
    """Let webhooks receive a fact as the event `name`; called in the `apps.py` of an app above.

    `tell(fact, actor)` gives one `EventContent` for each thing of the fact that this actor may see,
    read by `visible_to`: it is called once for each webhook, as the webhook's owner.
    """
    event = _events[name] = Event(name, label, right, tell)

    def hand_on(fact: F, by: Actor) -> None:
        _handler[0](event, fact, by)

    listen(kind, f"webhooks.{name}", hand_on, when=lambda: name in _asked_for[0]())


def register_customer_check(check: CustomerCheck) -> None:
    """Register the function that returns whether there is such a customer, whoever asks; called by
    the app that has the customers.
    """
    _customer_check[:] = [check]


def customer_exists(customer_id: int) -> bool:
    """Return whether there is such a customer."""
    return all(check(customer_id) for check in _customer_check)


def events() -> list[Event]:
    return [_events[name] for name in sorted(_events)]


def event_named(name: str) -> Event | None:
    return _events.get(name)
