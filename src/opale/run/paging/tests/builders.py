"""A desk at night, a policy of three steps, and things that call."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from opale.kernel.actor import system
from opale.organisation.models import Person
from opale.run.paging.actions import escalation, mobilisations, policies
from opale.run.paging.domain.escalation_plans import PolicyContent, Step, Target
from opale.run.paging.models import EscalationPolicy, Mobilisation, Page
from opale.run.paging.ports import Subject
from opale.run.shifts.tests.builders import NIGHT, House, make_house, on_duty

MAKER = system("test")
MINUTE = timedelta(minutes=1)


def at(minutes: float) -> datetime:
    """A moment of the night, an hour after the evening shift began."""
    return NIGHT + timedelta(hours=1) + minutes * MINUTE


@dataclass
class Night:
    house: House
    policy: EscalationPolicy

    @property
    def lea(self) -> Person:
        return self.house.lea

    @property
    def karim(self) -> Person:
        return self.house.karim

    @property
    def ines(self) -> Person:
        return self.house.ines


def make_night(*, repeat: int = 0, again_minutes: int = 0) -> Night:
    """Léa on stand-by, then Karim by name, then Inès; Maud is the on-call manager."""
    house = make_house()
    on_duty(house.lea, house.engineering, kind="standby", hours=12)
    on_duty(house.manager, house.engineering, "manager", hours=12)
    content = PolicyContent(
        steps=(
            Step((Target("duty", team_id=house.engineering.pk),), 5),
            Step((Target("person", house.karim.pk),), 10),
            Step((Target("person", house.ines.pk),), 15),
        ),
        repeat=repeat,
        again_minutes=again_minutes,
    )
    policy = policies.create_policy(name="Night", team=house.engineering, content=content, by=MAKER)
    return Night(house, policy)


def alert(number: int = 1, **said: Any) -> Subject:
    told: dict[str, Any] = {"title": f"Link {number} down", "severity": 5, **said}
    return Subject(
        about=f"events.alert:{number}", trigger="alert", path=f"/alerts/{number}/", **told
    )


def start(subject: Subject | None = None, minutes: float = 0) -> Mobilisation:
    begun = mobilisations.start_mobilisation(subject or alert(), by=MAKER, at=at(minutes))
    assert begun is not None
    return begun


def run(minutes: float) -> int:
    return escalation.run_due_steps(by=MAKER, at=at(minutes))


def run_each_minute(since: int, until: int) -> None:
    for minute in range(since, until + 1):
        run(minute)


def paged(pages: Iterable[Page] | None = None) -> list[tuple[str, float]]:
    """Who was paged and how many minutes after the beginning, in the order in which it was due."""
    rows = Page.objects.exclude(left_at=None).select_related("person").order_by("due_at", "pk")
    found = rows if pages is None else pages
    return [
        (page.person.name.split()[0], (page.left_at - at(0)) / MINUTE)
        for page in found
        if page.left_at
    ]
