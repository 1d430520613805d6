"""Stand-by is read from the roster, proposed in the same difference, accepted line by line."""

from datetime import timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.organisation.models import Person, PersonSkill, Skill, Team
from opale.run.shifts.actions import proposal_lines, proposals
from opale.run.shifts.actions.needs import NeedTerms, create_need
from opale.run.shifts.actions.patterns import PatternTerms, create_pattern
from opale.run.shifts.domain.roster_generator.standby import StandbyMember, StandbyProblem, Turn
from opale.run.shifts.domain.working_time import Limit, RuleSet
from opale.run.shifts.models import (
    CallOut,
    Duty,
    DutyWish,
    PatternLine,
    RosterProposal,
    WorkingTimeRules,
)
from opale.run.shifts.queries import breaches, roster_frames
from opale.run.shifts.tests.builders import PLANNER, House
from opale.run.shifts.tests.rosters import (
    EARLY,
    NIGHT,
    away,
    make_team,
    monday,
    on,
    works,
)

pytestmark = pytest.mark.django_db
WEEK = "08:00-08:00+7"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> tuple[House, Team]:
    monkeypatch.setattr(proposals, "actor_for_job", lambda user_id, credential: PLANNER)
    return make_team()


def stands_by(person: Person, team: Team, day: int, role: str = "agent") -> Duty:
    span = on(day, WEEK)
    with attributed(system("test")):
        return Duty.objects.create(
            person=person,
            team=team,
            kind="standby",
            role=role,
            period=DateTimeTZRange(span.starts, span.ends),
        )


def in_turn(house: House, team: Team) -> None:
    """Each stood by once before, so that each is asked."""
    for number, person in enumerate((house.lea, house.karim, house.ines)):
        stands_by(person, team, -7 * (number + 2))


def need(team: Team, **fields: object) -> None:
    sheet = NeedTerms(name="Stand-by", kind="standby", role="agent", **fields)  # type: ignore[arg-type]
    create_need(team, sheet, by=PLANNER)


def asked(team: Team, weeks: int = 2) -> StandbyProblem:
    return roster_frames.load_frame(team, monday(), 7 * weeks, seen_by=PLANNER).standby


def caller(found: StandbyProblem, person: Person) -> StandbyMember:
    (one,) = (one for one in found.callers if one.person == person.pk)
    return one


def searched(team: Team, weeks: int = 2) -> RosterProposal:
    proposal = proposals.request_proposal(
        team,
        by=PLANNER,
        credential="session",
        first=monday(),
        weeks=weeks,
        seconds=20,
        gentle=True,
    )
    proposals.run_search(proposal.pk)
    proposal.refresh_from_db()
    return proposal


def lines(proposal: RosterProposal) -> list[tuple[str, int | None, int | None, str, str]]:
    rows = proposal.lines.order_by("id")
    return [(one.kind, one.was_id, one.to_id, one.reason, one.state) for one in rows]


def accepted(proposal: RosterProposal) -> list[str]:
    keys = list(proposal.lines.values_list("pk", flat=True))
    proposal_lines.accept_lines(proposal, keys, by=PLANNER)
    return list(proposal.lines.order_by("id").values_list("sentence", flat=True))


def test_who_stands_by_is_asked_with_what_binds_her(made: tuple[House, Team]) -> None:
    house, team = made
    duty = stands_by(house.lea, team, 7)
    before = stands_by(house.lea, team, -14)
    works(house.lea, house.desk, 3, NIGHT)
    away(house.lea, 4)
    with attributed(system("test")):
        DutyWish.objects.create(
            person=house.lea, day=monday() + timedelta(days=9), wanted=DutyWish.Wanted.STANDBY
        )
    found = asked(team)
    lea = caller(found, house.lea)
    assert [one.person for one in found.callers] == [house.lea.pk]
    assert [(one.key, one.turn) for one in found.held] == [
        (f"d{duty.pk}", Turn(on(7, WEEK), "agent"))
    ]
    assert lea.roles == {"agent"}
    assert lea.work == (on(3, NIGHT),)
    assert lea.past == (on(-14, WEEK),)
    assert before.starts == on(-14, WEEK).starts
    assert any(one.starts <= on(4, EARLY).starts < one.ends for one in lea.away)
    assert lea.wants == {monday() + timedelta(days=9)}


def test_the_weeks_of_a_pattern_that_nobody_has_are_missing(made: tuple[House, Team]) -> None:
    house, team = made
    sheet = PatternTerms(
        name="In turn",
        kind="standby",
        time_zone="Europe/Paris",
        first_day=monday(),
        days=[[WEEK], *[[]] * 6],
    )
    pattern = create_pattern(team, sheet, by=PLANNER)
    with attributed(system("test")):
        PatternLine.objects.create(
            pattern=pattern, person=house.karim, since=monday(), until=monday() + timedelta(days=6)
        )
    need(team)
    assert set(asked(team, 4).more) == {Turn(on(7 * n, WEEK), "agent") for n in range(4)}
    assert [one.person for one in asked(team).callers] == [house.karim.pk]


def test_the_week_of_who_is_away_is_proposed_and_given_once_accepted(
    made: tuple[House, Team],
) -> None:
    house, team = made
    in_turn(house, team)
    duty = stands_by(house.lea, team, 0)
    stands_by(house.karim, team, 7)
    away(house.lea, 2)
    proposal = searched(team)
    assert lines(proposal) == [("standby", house.lea.pk, house.ines.pk, "away", "open")]
    assert accepted(proposal) == [""]
    duty.refresh_from_db()
    assert (duty.person_id, duty.kind) == (house.ines.pk, "standby")


def test_a_week_that_is_missing_is_made_as_standby(made: tuple[House, Team]) -> None:
    house, team = made
    in_turn(house, team)
    need(team)
    proposal = searched(team)
    assert [one[0] for one in lines(proposal)] == ["standby", "standby"]
    assert proposal.bare_before == timedelta(days=14)
    assert proposal.bare_after == timedelta(hours=8)  # until the first turn begins
    accepted(proposal)
    made_now = Duty.objects.filter(kind="standby", period__startswith__gte=on(0, EARLY).starts)
    assert {duty.starts for duty in made_now} == {on(0, WEEK).starts, on(7, WEEK).starts}


def test_shifts_and_standby_are_one_difference(made: tuple[House, Team]) -> None:
    house, team = made
    in_turn(house, team)
    works(house.lea, team, 1, EARLY)
    stands_by(house.lea, team, 0)
    away(house.lea, 0, days=7)
    proposal = searched(team)
    assert {one[0] for one in lines(proposal)} == {"staffed", "standby"}
    assert {one[1] for one in lines(proposal)} == {house.lea.pk}


def test_who_took_a_night_meanwhile_is_not_put_on_standby_beside_it(
    made: tuple[House, Team],
) -> None:
    house, team = made
    in_turn(house, team)
    stands_by(house.lea, team, 0)
    away(house.lea, 2)
    away(house.karim, 2)
    proposal = searched(team)
    works(house.ines, team, 3, NIGHT)
    assert accepted(proposal) == [f"{house.ines.name} works a night shift at that time."]
    assert [one[4] for one in lines(proposal)] == ["open"]


def test_who_stands_by_elsewhere_meanwhile_is_not_called_twice(made: tuple[House, Team]) -> None:
    house, team = made
    in_turn(house, team)
    stands_by(house.lea, team, 0)
    away(house.lea, 2)
    away(house.karim, 2)
    proposal = searched(team)
    stands_by(house.ines, house.desk, 3)
    assert accepted(proposal) == [f"{house.ines.name} is already on call at that time."]


def test_an_agreement_on_standby_binds_the_search_and_what_is_accepted(
    made: tuple[House, Team],
) -> None:
    house, team = made
    rules = RuleSet("Agreement", {"standby_row": Limit(7 * 24, "Agreement, 4")})
    with attributed(system("test")):
        WorkingTimeRules.objects.create(
            company=house.lea.company,
            name="Agreement",
            since=monday() - timedelta(days=60),
            record=rules.to_record(),
        )
    in_turn(house, team)
    stands_by(house.karim, team, 7)
    stands_by(house.ines, team, -7)
    stands_by(house.ines, team, 14)
    stands_by(house.lea, team, 0)
    away(house.lea, 2, days=14)
    assert lines(searched(team, 2)) == [("standby", house.lea.pk, None, "away", "open")]


def test_rules_in_a_row_show_before_a_duty_is_saved(made: tuple[House, Team]) -> None:
    house, team = made
    rules = RuleSet("Agreement", {"standby_row": Limit(7 * 24, "Agreement, 4")})
    stands_by(house.lea, team, 0)
    with attributed(system("test")):
        WorkingTimeRules.objects.create(
            company=house.lea.company,
            name="Agreement",
            since=monday() - timedelta(days=60),
            record=rules.to_record(),
        )
    change = breaches.Change(house.lea.pk, on(7, WEEK), standby=True)
    (found,) = breaches.breaches_caused_by([change])
    assert (found.breach.code, found.breach.found) == ("standby_row", timedelta(days=14))
    assert (
        breaches.breaches_caused_by([breaches.Change(house.lea.pk, on(14, WEEK), standby=True)])
        == []
    )


def test_a_skill_on_standby_counts_for_the_whole_turn(made: tuple[House, Team]) -> None:
    house, team = made
    in_turn(house, team)
    with attributed(system("test")):
        skill = Skill.objects.create(name="Storage")
        for person, until in ((house.karim, None), (house.ines, monday() + timedelta(days=3))):
            PersonSkill.objects.create(person=person, skill=skill, level=3, valid_until=until)
    need(team, skill=skill)
    stands_by(house.lea, team, 0)
    (one,) = asked(team, 1).skilled
    assert one.who == {(house.karim.pk, Turn(on(0, WEEK), "agent"))}
    assert lines(searched(team)) == [("standby", house.lea.pk, house.karim.pk, "able", "open")]


def test_a_call_out_is_rested_before_more_is_given(made: tuple[House, Team]) -> None:
    house, team = made
    in_turn(house, team)
    called = on(-1, "22:00-23:00")
    works(house.karim, team, -1, "14:00-21:00")
    with attributed(system("test")):
        CallOut.objects.create(
            person=house.karim, period=DateTimeTZRange(called.starts, called.ends)
        )
    (resting,) = caller(asked(team), house.karim).resting
    assert resting.ends == called.ends + timedelta(hours=11)
