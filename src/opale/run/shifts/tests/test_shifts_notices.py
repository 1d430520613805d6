"""Whose duties are published, withdrawn or changed by a proposal is told so once."""

import pytest

from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.messaging.models import OutgoingMail
from opale.notifications.models import Notification
from opale.organisation.models import Person, Team
from opale.run.shifts.actions.roster import publish_roster, withdraw_roster
from opale.run.shifts.actions.roster_notifications import notify_accepted
from opale.run.shifts.models import ProposalLine, RosterProposal
from opale.run.shifts.tests.builders import PLANNER, House
from opale.run.shifts.tests.rosters import EARLY, LATE, make_team, on, planned

pytestmark = pytest.mark.django_db
BY = system("test")


@pytest.fixture
def made() -> tuple[House, Team]:
    return make_team()


def told() -> list[tuple[str, Person, dict[str, str]]]:
    rows = Notification.objects.select_related("person").order_by("kind", "person__name")
    return [(row.kind.removeprefix("shifts."), row.person, row.values) for row in rows]


def test_publication_tells_each_person_of_all_duties_at_once(made: tuple[House, Team]) -> None:
    house, team = made
    for person, day in ((house.lea, 0), (house.lea, 1), (house.karim, 2)):
        planned(person, team, day, EARLY)
    at = on(0, EARLY).starts
    publish_roster(team, by=PLANNER, at=at, until=on(5, EARLY).starts)
    first, second, third = (on(day, EARLY).starts.date().isoformat() for day in range(3))
    assert told() == [
        ("published", house.karim, {"team": team.name, "from_on": third, "until_on": third}),
        ("published", house.lea, {"team": team.name, "from_on": first, "until_on": second}),
    ]
    publish_roster(team, by=PLANNER, at=at, until=on(6, EARLY).starts)
    assert len(told()) == 2  # nothing new, nobody is told
    withdraw_roster(team, by=PLANNER, since=at)
    withdrawn = [person for kind, person, _values in told() if kind == "withdrawn"]
    assert withdrawn == [house.karim, house.lea]
    assert not OutgoingMail.objects.exists()  # the inbox mails it


def line(team: Team, key: str, was: Person, to: Person, hours: str) -> ProposalLine:
    span = on(1, hours)
    proposal, _new = RosterProposal.objects.get_or_create(
        team=team,
        first=span.starts.date(),
        days=7,
        seconds=20,
        user_id=0,
        actor_name="Maud",
        credential="session",
    )
    return ProposalLine.objects.create(
        proposal=proposal,
        key=key,
        role="agent",
        period=(span.starts, span.ends),
        was=was,
        to=to,
        reason="away",
        state="accepted",
    )


def test_what_is_accepted_of_a_proposal_is_told_once_to_who_gains_and_who_loses(
    made: tuple[House, Team],
) -> None:
    house, team = made
    with attributed(BY):
        line(team, "d1", house.lea, house.karim, EARLY)
        line(team, "d2", house.lea, house.ines, LATE)
        line(team, "p3", house.lea, house.ines, LATE)
    assert notify_accepted(by=BY) == 3
    people = [house.ines, house.karim, house.lea]
    assert [(kind, person) for kind, person, _values in told()] == [
        ("changed", person) for person in people
    ]
    assert notify_accepted(by=BY) == 0
    assert [row.count for row in Notification.objects.all()] == [1, 1, 1]
