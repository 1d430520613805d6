"""Nobody is paged twice, nobody is forgotten: steps, rounds, answers, absence of Opale."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from procrastinate.contrib.django import app as configured
from procrastinate.contrib.django.models import ProcrastinateJob

from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, IllegalMove
from opale.kernel.timers import FIRST
from opale.messaging.models import OutgoingMail
from opale.run.paging.actions import answers, mobilisations, policies
from opale.run.paging.actions.mobilisations import TIMER_JOB
from opale.run.paging.domain.escalation_plans import (
    Conditions,
    PolicyContent,
    Step,
    Target,
    parse_plan,
)
from opale.run.paging.models import Mobilisation, Page
from opale.run.paging.queries.contact_routes import ContactRoute
from opale.run.paging.states import MobilisationState, PageState
from opale.run.paging.tests.builders import (
    MAKER,
    Night,
    alert,
    at,
    make_night,
    paged,
    run,
    run_each_minute,
    start,
)
from opale.run.shifts.tests.builders import leave, on_duty

pytestmark = pytest.mark.django_db


@pytest.fixture
def night() -> Night:
    return make_night()


def test_steps_follow_each_other_until_the_manager_is_paged_again_and_again(night: Night) -> None:
    begun = start()
    run_each_minute(0, 62)
    assert paged() == [
        ("Léa", 0), ("Karim", 5), ("Inès", 15), ("Maud", 30), ("Maud", 45), ("Maud", 60),
    ]  # fmt: skip
    begun.refresh_from_db()
    assert begun.state == MobilisationState.EXHAUSTED
    assert begun.next_at == at(75)


def test_it_goes_round_as_often_as_the_policy_says() -> None:
    make_night(repeat=1)
    start()
    run_each_minute(0, 61)
    names = [name for name, _minute in paged()]
    assert names == ["Léa", "Karim", "Inès", "Léa", "Karim", "Inès", "Maud"]


def test_an_answer_stops_it(night: Night) -> None:
    begun = start()
    run_each_minute(0, 6)
    page = Page.objects.get(person=night.karim)
    answers.answer_page(page, by=MAKER, at=at(7))
    run_each_minute(7, 120)
    assert paged() == [("Léa", 0), ("Karim", 5)]
    begun.refresh_from_db()
    assert (begun.state, begun.answered_by) == (MobilisationState.ACKNOWLEDGED, night.karim)
    assert not begun.pages.exclude(left_at=None).filter(state=PageState.DUE).exists()


def test_two_answers_are_one_and_a_second_person_is_told_who_is_on_it(night: Night) -> None:
    start()
    run_each_minute(0, 6)
    first, second = Page.objects.order_by("due_at")
    answers.answer_page(first, by=MAKER, at=at(6))
    answers.answer_page(first, by=MAKER, at=at(7))
    with pytest.raises(Conflict, match="Léa"):
        answers.answer_page(second, by=MAKER, at=at(7))


def test_what_is_over_calls_nobody_and_is_not_answered(night: Night) -> None:
    start()
    run(0)
    assert answers.end_calls_about(["events.alert:1"], by=MAKER, at=at(1)) == 1
    run_each_minute(1, 60)
    assert paged() == [("Léa", 0)]
    with pytest.raises(IllegalMove):
        answers.answer_page(Page.objects.get(), by=MAKER, at=at(2))


def test_pages_due_while_opale_was_away_leave_once_in_order(night: Night) -> None:
    start()
    run(0)
    run(16)
    run(16)
    assert paged() == [("Léa", 0), ("Karim", 16), ("Inès", 16)]
    sent = OutgoingMail.objects.order_by("id").values_list("to", flat=True)
    assert [to[0] for to in sent] == [p.email for p in (night.lea, night.karim, night.ines)]


def test_after_a_long_absence_nobody_gets_more_than_one_message() -> None:
    make_night(repeat=3)
    start()
    run(0)
    run(600)
    assert OutgoingMail.objects.count() == 5  # Léa at first, then all three and the manager once
    assert Page.objects.filter(left_at=at(600), within=None).count() == 4


def test_running_twice_at_once_writes_no_page_twice(night: Night) -> None:
    begun = start()
    run(0)
    with attributed(MAKER):
        Mobilisation.objects.filter(pk=begun.pk).update(position=0, next_at=at(0))
    run(1)
    assert paged() == [("Léa", 0)]


def test_what_calls_already_starts_nothing_new(night: Night) -> None:
    begun = start()
    run(0)
    again = start(alert(severity=4), 2)
    assert again.pk == begun.pk
    run(3)
    assert paged() == [("Léa", 0)]


def test_what_was_answered_and_calls_again_begins_anew(night: Night) -> None:
    start()
    run(0)
    answers.answer_page(Page.objects.get(), by=MAKER, at=at(1))
    start(alert(reason="risen"), 20)
    run_each_minute(20, 26)
    assert paged() == [("Léa", 0), ("Léa", 20), ("Karim", 25)]


def test_an_answer_that_settles_nothing_calls_again() -> None:
    make_night(again_minutes=30)
    start()
    run(0)
    answers.answer_page(Page.objects.get(), by=MAKER, at=at(1))
    run_each_minute(1, 37)
    assert paged() == [("Léa", 0), ("Léa", 31), ("Karim", 36)]


def test_a_change_of_policy_or_roster_changes_nothing_that_runs(night: Night) -> None:
    start()
    run(0)
    one = PolicyContent(steps=(Step((Target("person", night.lea.pk),), 60),))
    policies.edit_policy(night.policy, content=one, by=MAKER)
    on_duty(night.house.manager, night.house.engineering, kind="standby", starts=at(1))
    run_each_minute(1, 16)
    assert paged() == [("Léa", 0), ("Karim", 5), ("Inès", 15)]


def test_a_step_that_names_nobody_takes_no_time() -> None:
    night = make_night()
    content = PolicyContent(
        steps=(
            Step((Target("duty", team_id=night.house.desk.pk),), 30),
            Step((Target("person", night.karim.pk),), 5),
        )
    )
    policies.edit_policy(night.policy, content=content, by=MAKER)
    start()
    run(0)
    assert paged() == [("Karim", 0)]


def test_where_nobody_at_all_is_named_the_manager_is_paged_at_once(night: Night) -> None:
    content = PolicyContent(steps=(Step((Target("person", night.karim.pk),), 5),))
    policies.edit_policy(night.policy, content=content, by=MAKER)
    leave(night.karim)
    start()
    run(0)
    assert paged() == [("Maud", 0)]


def test_one_of_a_team_in_turn(night: Night) -> None:
    on_duty(night.karim, night.house.engineering, kind="standby")
    on_duty(night.ines, night.house.engineering, kind="standby")
    from_team = Target("round_robin", team_id=night.house.engineering.pk)
    content = PolicyContent(steps=(Step((from_team,), 5),), repeat=0)
    policies.edit_policy(night.policy, content=content, by=MAKER)
    _members(night)
    for number in range(4):
        start(alert(number))
    run(0)
    assert [name for name, _minute in paged()] == ["Inès", "Karim", "Léa", "Inès"]


def test_the_first_policy_that_serves_is_taken(night: Night) -> None:
    wanted = PolicyContent(
        steps=(Step((Target("person", night.ines.pk),), 5),),
        conditions=Conditions(triggers=("clock",)),
    )
    other = policies.create_policy(name="Clocks", team=night.house.desk, content=wanted, by=MAKER)
    assert start().version.policy == night.policy
    policies.move_policy(other, up=True, by=MAKER)
    assert start(alert(2)).version.policy == night.policy
    policies.edit_policy(night.policy, is_on=False, by=MAKER)
    assert mobilisations.start_mobilisation(alert(3), by=MAKER, at=at(0)) is None


def test_a_timer_wakes_it_for_each_step_and_page(night: Night) -> None:
    start()
    run(0)
    jobs = ProcrastinateJob.objects.filter(task_name="paging.run_due")
    assert at(5) in set(jobs.values_list("scheduled_at", flat=True))
    run(5)
    assert at(15) in set(jobs.values_list("scheduled_at", flat=True))


def test_many_things_at_once_are_one_message(night: Night) -> None:
    for number in range(8):
        start(alert(number))
    run(0)
    mail = OutgoingMail.objects.get()
    assert "(et 7 autres)" in mail.subject
    answers.answer_page(Page.objects.get(within=None), by=MAKER, at=at(1))
    assert not Mobilisation.objects.exclude(state=MobilisationState.ACKNOWLEDGED).exists()


def test_a_contact_that_has_had_enough_gets_the_rest_as_one_message(night: Night) -> None:
    for number in range(14):
        start(alert(number), number / 2)
        run(number / 2)
    of_lea = OutgoingMail.objects.filter(to=[night.lea.email])
    assert of_lea.count() == 10
    run(15)
    assert of_lea.count() == 11
    assert "(et 3 autres)" in of_lea.order_by("id").last().subject  # type: ignore[union-attr]


def _members(night: Night) -> None:
    from_now = at(0) - timedelta(days=300)
    for person in (night.lea, night.karim, night.ines):
        with attributed(MAKER):
            night.house.engineering.memberships.create(
                person=person, function="run_engineer", period=(from_now, None)
            )


def test_the_night_on_which_the_clocks_change_pages_at_the_wall_clock_and_by_the_minute() -> None:
    """Steps wait for minutes; quiet hours and the hours of a policy read the wall clock."""
    paris = ZoneInfo("Europe/Paris")
    evening = datetime(2027, 10, 30, 23, tzinfo=paris)
    quiet = ContactRoute("m1", "mail", timedelta(), "Europe/Paris", quiet=(time(22), time(7)))
    assert quiet.waking(evening.astimezone(UTC)) == datetime(2027, 10, 31, 6, tzinfo=UTC)
    spring = datetime(2027, 3, 27, 22, 30, tzinfo=UTC)
    assert quiet.waking(spring) == datetime(2027, 3, 28, 5, tzinfo=UTC)

    night = make_night()
    shift = on_duty(night.ines, night.house.engineering, starts=evening.astimezone(UTC), hours=9)
    policies.edit_policy(
        night.policy,
        content=PolicyContent(
            steps=(Step((Target("duty", duty="staffed"),), 45), Step((Target("manager"),), 5)),
            repeat=0,
            conditions=Conditions(since="22:00", until="03:00"),
        ),
        by=MAKER,
    )
    # 02:30 comes twice: both times it serves, and the 45 minutes between are as long as ever.
    for number, hour in enumerate((0, 1)):
        at_half_past_two = datetime(2027, 10, 31, hour, 30, tzinfo=UTC)
        begun = mobilisations.start_mobilisation(alert(number), by=MAKER, at=at_half_past_two)
        assert begun is not None
        first, second = parse_plan(begun.plan).steps
        assert [one.person_id for one in first.people] == [shift.person_id]
        assert second.at - first.at == timedelta(minutes=45)
    assert (
        mobilisations.start_mobilisation(
            alert(9), by=MAKER, at=datetime(2027, 10, 31, 2, 30, tzinfo=UTC)
        )
        is None
    )


def test_a_page_stands_before_all_else_that_waits(night: Night) -> None:
    start()
    jobs = ProcrastinateJob.objects.exclude(task_name="kernel.deliver_fact")
    assert {job.priority for job in jobs.filter(task_name=TIMER_JOB)} == {FIRST}
    run(0)
    assert jobs.get(task_name="messaging.send_mail").priority == FIRST
    sweeps = [configured.tasks[name] for name in ("paging.sweep", "handover.run_clock")]
    assert {task.priority for task in sweeps} == {FIRST}
