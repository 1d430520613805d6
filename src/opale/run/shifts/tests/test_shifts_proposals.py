"""A better roster is proposed; only what a person accepts comes into the roster."""

from datetime import timedelta

import pytest

from opale.kernel.actor import Actor, system
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid, NotAllowed
from opale.kernel.proposals import KEPT_FOR
from opale.organisation.models import Person, Team
from opale.run.shifts.actions import proposal_lines, proposals
from opale.run.shifts.actions.needs import NeedTerms, create_need
from opale.run.shifts.models import Duty, PlannedDuty, ProposalLine, RosterProposal
from opale.run.shifts.tests.builders import PLANNER, READER, House, leave
from opale.run.shifts.tests.rosters import (
    EARLY,
    LATE,
    NIGHT,
    away,
    make_team,
    monday,
    on,
    planned,
    works,
)

pytestmark = pytest.mark.django_db
SEARCH, STATE = 20, ProposalLine.State


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> tuple[House, Team]:
    monkeypatch.setattr(proposals, "actor_for_job", lambda user_id, credential: PLANNER)
    return make_team()


def ask(team: Team, *, weeks: int = 2, gentle: bool = True, by: Actor = PLANNER) -> RosterProposal:
    return proposals.request_proposal(
        team,
        by=by,
        credential="session",
        first=monday(),
        weeks=weeks,
        seconds=SEARCH,
        gentle=gentle,
    )


def searched(team: Team, **asked: object) -> RosterProposal:
    proposal = ask(team, **asked)  # type: ignore[arg-type]
    proposals.run_search(proposal.pk)
    proposal.refresh_from_db()
    return proposal


def lines(proposal: RosterProposal) -> list[tuple[int | None, int | None, str, str]]:
    rows = proposal.lines.order_by("id")
    return [(line.was_id, line.to_id, line.reason, line.state) for line in rows]


def holders() -> list[int]:
    return list(Duty.objects.order_by("period", "id").values_list("person_id", flat=True))


def proposed(team: Team, *rows: tuple[Duty | PlannedDuty, Person | None]) -> RosterProposal:
    """What would be proposed if each of these went to another person."""
    proposal = ask(team)
    for row, to in rows:
        ProposalLine.objects.create(
            proposal=proposal,
            key=f"{'d' if isinstance(row, Duty) else 'p'}{row.pk}",
            role="agent",
            period=row.period,
            was=row.person,
            to=to,
            reason="fair",
        )
    RosterProposal.objects.filter(pk=proposal.pk).update(state="ready")
    return proposal


def every(proposal: RosterProposal) -> list[int]:
    return list(proposal.lines.order_by("id").values_list("pk", flat=True))


def test_the_shift_of_who_is_away_is_proposed_to_another_and_given_once_accepted(
    made: tuple[House, Team],
) -> None:
    house, team = made
    works(house.lea, team, 1, EARLY)
    works(house.karim, team, 1, LATE)
    away(house.lea, 1)
    proposal = searched(team)
    assert proposal.state == "ready"
    assert lines(proposal) == [(house.lea.pk, house.ines.pk, "away", "open")]
    assert holders() == [house.lea.pk, house.karim.pk]
    done = proposal_lines.accept_lines(proposal, every(proposal), by=PLANNER)
    assert (done.done, done.left) == (1, 0)
    assert holders() == [house.ines.pk, house.karim.pk]
    proposal.refresh_from_db()
    assert (proposal.state, lines(proposal)[0][3]) == ("done", "accepted")


def test_a_roster_in_which_all_is_well_gives_nothing_to_decide(made: tuple[House, Team]) -> None:
    house, team = made
    works(house.lea, team, 1, EARLY)
    proposal = searched(team)
    assert (proposal.state, lines(proposal)) == ("done", [])


def test_a_missing_shift_is_made_and_nobody_is_missing_twice(made: tuple[House, Team]) -> None:
    house, team = made
    create_need(team, NeedTerms(name="Somebody"), by=PLANNER)
    for day in range(1, 14):
        works(house.karim if day % 7 < 5 else house.ines, team, day, EARLY)
    proposal = searched(team)
    assert {(was, reason) for was, _to, reason, _state in lines(proposal)} == {(None, "gap")}
    assert proposal.bare_before is not None
    assert proposal.bare_after is not None
    assert proposal.bare_after < proposal.bare_before
    (line,) = proposal.lines.filter(period__startswith__lt=on(1, EARLY).starts)
    other = house.ines if line.to_id != house.ines.pk else house.lea
    filled = works(other, team, 0, EARLY)
    assert proposal_lines.accept_lines(proposal, [line.pk], by=PLANNER).done == 0
    line.refresh_from_db()
    assert (line.state, line.sentence) == ("stale", "This gap is already filled.")
    with attributed(system("test")):
        filled.delete()
    ProposalLine.objects.filter(pk=line.pk).update(state="open")
    RosterProposal.objects.filter(pk=proposal.pk).update(state="ready")
    assert proposal_lines.accept_lines(proposal, [line.pk], by=PLANNER).done == 1
    made_duty = Duty.objects.get(period__startswith=on(0, EARLY).starts)
    assert (made_duty.person_id, made_duty.team) == (line.to_id, team)


def test_a_line_that_the_roster_has_overtaken_is_refused_with_the_reason(
    made: tuple[House, Team],
) -> None:
    house, team = made
    given, gone, left = (works(house.lea, team, day, EARLY) for day in (0, 1, 2))
    proposal = proposed(team, (given, house.karim), (gone, house.karim), (left, house.ines))
    with attributed(system("test")):
        Duty.objects.filter(pk=given.pk).update(person=house.ines)
        gone.delete()
    leave(house.ines)
    done = proposal_lines.accept_lines(proposal, every(proposal), by=PLANNER)
    assert (done.done, done.left) == (0, 3)
    assert [line.sentence for line in proposal.lines.order_by("id")] == [
        "This shift was changed in the meantime.",
        "This shift is no longer in the roster.",
        "Inès Roux has left the company.",
    ]
    assert {state for *_rest, state in lines(proposal)} == {"stale"}
    assert Duty.objects.get(pk=left.pk).person == house.lea


def test_an_absence_that_is_known_by_now_keeps_the_shift_from_who_is_away(
    made: tuple[House, Team],
) -> None:
    house, team = made
    duty = works(house.lea, team, 1, EARLY)
    proposal = proposed(team, (duty, house.karim))
    away(house.karim, 1)
    proposal_lines.accept_lines(proposal, every(proposal), by=PLANNER)
    (line,) = proposal.lines.all()
    assert (line.state, line.sentence) == (
        "stale",
        "Karim Benali is now away at that time.",
    )
    assert holders() == [house.lea.pk]


def test_rules_are_asked_again_of_the_roster_as_it_is(made: tuple[House, Team]) -> None:
    house, team = made
    duty = works(house.lea, team, 2, EARLY)
    proposal = proposed(team, (duty, house.karim))
    late = works(house.karim, team, 1, LATE)  # ends eight hours before
    done = proposal_lines.accept_lines(proposal, every(proposal), by=PLANNER)
    (line,) = proposal.lines.all()
    assert (done.done, line.state) == (0, "open")
    assert "Code du travail L3131-1" in line.sentence
    with attributed(system("test")):
        late.delete()
    assert proposal_lines.accept_lines(proposal, every(proposal), by=PLANNER).done == 1
    assert holders() == [house.karim.pk]


def test_a_draft_beside_keeps_a_second_shift_away(made: tuple[House, Team]) -> None:
    house, team = made
    row = planned(house.lea, team, 1, EARLY)
    planned(house.karim, team, 1, EARLY)
    proposal = proposed(team, (row, house.karim))
    proposal_lines.accept_lines(proposal, every(proposal), by=PLANNER)
    (line,) = proposal.lines.all()
    assert (line.state, line.sentence) == ("open", "Karim Benali has another shift at that time.")


def test_what_is_planned_is_changed_as_by_hand_or_called_off(made: tuple[House, Team]) -> None:
    house, team = made
    given, off, published = (planned(house.lea, team, day, EARLY) for day in (0, 1, 2))
    proposal = proposed(team, (given, house.karim), (off, None), (published, house.ines))
    with attributed(system("test")):
        PlannedDuty.objects.filter(pk=published.pk).update(state="published")
    proposal_lines.accept_lines(proposal, every(proposal), by=PLANNER)
    given.refresh_from_db()
    off.refresh_from_db()
    assert (given.person, given.state, off.state) == (house.karim, "kept", "cancelled")
    assert [state for *_rest, state in lines(proposal)] == ["accepted", "accepted", "stale"]
    assert Duty.objects.count() == 0


def test_a_swap_that_only_works_at_once_is_accepted_at_once(made: tuple[House, Team]) -> None:
    house, team = made
    night, early = works(house.lea, team, 0, NIGHT), works(house.karim, team, 1, EARLY)
    proposal = proposed(team, (night, house.karim), (early, house.lea))
    one = proposal_lines.accept_lines(proposal, every(proposal)[:1], by=PLANNER)
    assert (one.done, holders()) == (0, [house.lea.pk, house.karim.pk])
    both = proposal_lines.accept_lines(proposal, every(proposal), by=PLANNER)
    assert (both.done, holders()) == (2, [house.karim.pk, house.lea.pk])


def test_who_is_found_by_nobody_is_taken_off(made: tuple[House, Team]) -> None:
    house, team = made
    works(house.lea, team, 1, EARLY)
    for person in (house.lea, house.karim, house.ines):
        away(person, 1)
    proposal = searched(team)
    assert lines(proposal) == [(house.lea.pk, None, "away", "open")]
    proposal_lines.accept_lines(proposal, every(proposal), by=PLANNER)
    assert holders() == []


def test_refused_lines_leave_the_roster_alone(made: tuple[House, Team]) -> None:
    house, team = made
    rows = [works(house.lea, team, day, EARLY) for day in range(3)]
    proposal = proposed(team, *((row, house.karim) for row in rows))
    assert proposal_lines.refuse_lines(proposal, every(proposal)[:1], by=PLANNER) == 1
    assert proposal_lines.refuse_lines(proposal, by=PLANNER) == 2
    proposal.refresh_from_db()
    assert (proposal.state, set(holders())) == ("done", {house.lea.pk})
    with pytest.raises(Conflict):
        proposal_lines.accept_lines(proposal, every(proposal), by=PLANNER)


def test_many_lines_are_accepted_by_the_planner_batch_by_batch(
    made: tuple[House, Team], monkeypatch: pytest.MonkeyPatch
) -> None:
    house, team = made
    rows = [works(house.lea, team, day, EARLY) for day in range(3)]
    proposal = proposed(team, *((row, house.karim) for row in rows))
    for place in (proposals, proposal_lines):
        monkeypatch.setattr(place, "BATCH", 2)
    assert proposals.accept_proposal(proposal, by=PLANNER, credential="session") is None
    assert set(holders()) == {house.lea.pk}
    proposals.run_search(proposal.pk)
    proposal.refresh_from_db()
    assert (proposal.state, set(holders())) == ("done", {house.karim.pk})


def test_a_search_is_watched_and_ended_with_the_best_so_far(
    made: tuple[House, Team], monkeypatch: pytest.MonkeyPatch
) -> None:
    house, team = made
    create_need(team, NeedTerms(name="Somebody"), by=PLANNER)
    planned(house.lea, team, 0, EARLY)
    proposal = ask(team, weeks=8)
    seen: list[tuple[str, int]] = []
    monkeypatch.setattr(proposals, "CHECK_SECONDS", 0.0)
    write = proposals.SearchWatcher.write

    def written(watch: proposals.SearchWatcher, rows: object, given: object = None) -> None:
        write(watch, rows, given)  # type: ignore[arg-type]
        proposal.refresh_from_db()
        seen.append((proposal.state, proposal.lines.count()))
        if proposal.state == "running":
            proposals.stop_search(proposal, by=PLANNER)

    monkeypatch.setattr(proposals.SearchWatcher, "write", written)
    proposals.run_search(proposal.pk)
    proposal.refresh_from_db()
    assert [state for state, _count in seen] == ["running", "stopping"]
    assert seen[0][1] > 0
    assert proposal.state == "ready"
    assert 0 < proposal.lines.count() < 56  # four weeks at a time: the rest was not looked at
    assert Duty.objects.count() == 0


def test_a_killed_search_begins_anew_and_the_roster_is_as_it_was(
    made: tuple[House, Team], monkeypatch: pytest.MonkeyPatch
) -> None:
    house, team = made
    works(house.lea, team, 1, EARLY)
    away(house.lea, 1)
    proposal = ask(team)

    class Killed(BaseException):
        pass

    def die(*_args: object, **_options: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(RosterProposal, "finish", die)
        patched.setattr(RosterProposal, "fail", lambda *_args: None)
        with pytest.raises(Killed):
            proposals.run_search(proposal.pk)
    proposal.refresh_from_db()
    assert (proposal.state, holders()) == ("running", [house.lea.pk])
    proposals.run_search(proposal.pk)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.lines.count()) == ("ready", 1)


def test_what_waits_is_given_up_and_one_is_searched_at_a_time(made: tuple[House, Team]) -> None:
    _house, team = made
    proposal = ask(team)
    with pytest.raises(Conflict):
        ask(team)
    proposals.stop_search(proposal, by=PLANNER)
    proposal.refresh_from_db()
    assert proposal.state == "dropped"
    with pytest.raises(Conflict):
        proposals.stop_search(proposal, by=PLANNER)
    proposals.run_search(proposal.pk)
    proposal.refresh_from_db()
    assert proposal.state == "dropped"


def test_only_who_plans_the_team_asks_and_decides(made: tuple[House, Team]) -> None:
    house, team = made
    with pytest.raises(NotAllowed):
        ask(team, by=READER)
    with pytest.raises(Invalid):
        proposals.request_proposal(
            team,
            by=PLANNER,
            credential="session",
            first=monday() - timedelta(days=30),
            weeks=2,
            seconds=SEARCH,
            gentle=True,
        )
    proposal = proposed(team, (works(house.lea, team, 1, EARLY), house.karim))
    for decide in (proposal_lines.accept_lines, proposal_lines.refuse_lines):
        with pytest.raises(NotAllowed):
            decide(proposal, every(proposal), by=READER)
    assert holders() == [house.lea.pk]


def test_rights_that_are_gone_when_it_is_searched_end_it(
    made: tuple[House, Team], monkeypatch: pytest.MonkeyPatch
) -> None:
    _house, team = made
    proposal = ask(team)
    monkeypatch.setattr(proposals, "actor_for_job", lambda user_id, credential: READER)
    proposals.run_search(proposal.pk)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.sentence) == (
        "failed",
        "You don't have permission to do this.",
    )


def test_old_proposals_are_forgotten(made: tuple[House, Team]) -> None:
    _house, team = made
    proposal = ask(team)
    RosterProposal.objects.filter(pk=proposal.pk).update(
        asked_at=proposal.asked_at - KEPT_FOR - timedelta(days=1)
    )
    assert RosterProposal.delete_old() == 1
