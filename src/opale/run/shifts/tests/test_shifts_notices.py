"""Whose duties are published, withdrawn or changed by a proposal reads so, in one mail."""

import pytest

from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.messaging.models import OutgoingMail
from opale.organisation.models import Person, Team
from opale.run.shifts.actions.roster import publish_roster, withdraw_roster
from opale.run.shifts.actions.roster_notices import notify_accepted
from opale.run.shifts.models import ProposalLine, RosterProposal
from opale.run.shifts.tests.builders import PLANNER, House
from opale.run.shifts.tests.rosters import EARLY, LATE, make_team, on, planned

pytestmark = pytest.mark.django_db
BY = system("test")


@pytest.fixture
def made() -> tuple[House, Team]:
    return make_team()


def mails() -> list[tuple[str, str]]:
    return sorted((mail.to[0], mail.subject) for mail in OutgoingMail.objects.all())


def test_publication_tells_each_person_of_all_duties_at_once(made: tuple[House, Team]) -> None:
    house, team = made
    for person, day in ((house.lea, 0), (house.lea, 1), (house.karim, 2)):
        planned(person, team, day, EARLY)
    at = on(0, EARLY).starts
    publish_roster(team, by=PLANNER, at=at, until=on(5, EARLY).starts)
    assert mails() == [
        (house.lea.email, "2 vacations ajoutées pour vous au planning de RUN engineering"),
        (house.karim.email, "1 vacation ajoutée pour vous au planning de RUN engineering"),
    ]
    body = OutgoingMail.objects.get(to=[house.lea.email]).body
    assert body.count("06:00") == 2
    publish_roster(team, by=PLANNER, at=at, until=on(6, EARLY).starts)
    assert len(mails()) == 2  # nothing new, nobody is told
    withdraw_roster(team, by=PLANNER, since=at)
    assert [to for to, subject in mails() if "plus publiée" in subject] == [
        house.lea.email,
        house.karim.email,
    ]


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
    assert [to for to, _subject in mails()] == [
        house.lea.email,
        house.karim.email,
        house.ines.email,
    ]
    body = OutgoingMail.objects.get(to=[house.lea.email]).body
    assert body.count("n’est plus à vous") == 2
    assert notify_accepted(by=BY) == 0
    assert len(mails()) == 3
