"""The worked examples of docs/rules/ownership.md are run, row by row, as they are printed."""

from datetime import datetime, timedelta
from functools import partial

import pytest

from opale.kernel import clock
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.run.desk.actions import answers, assignments, lifecycle, ownership
from opale.run.desk.actions.assignments import WorkRequest
from opale.run.desk.models import (
    Assignment,
    Message,
    Ownership,
    ProposedAnswer,
    StreamSettings,
)
from opale.run.desk.tests.assignments import engineer_of, expert_of, make_works
from opale.run.desk.tests.builders import agent_of, make_house, make_ticket
from opale.run.desk.tests.rules import MONDAY, RULES, outcome_of, standing_at, table

pytestmark = pytest.mark.django_db


def test_the_worked_example_of_the_chain() -> None:
    house = make_house()
    text = (RULES / "ownership.md").read_text(encoding="utf-8").split("## The chain")[1]
    rows = [line.split() for line in text.splitlines() if line.startswith("48213")]
    people = {"Léa": house.agent, "Karim": house.other, "Inès": house.manager}
    night = MONDAY - timedelta(days=1)

    def at(time: str) -> datetime:
        hour, minute, second = map(int, time.split(":"))
        day = night if hour > 12 else MONDAY
        return day.replace(hour=hour, minute=minute, second=second)

    with standing_at(at(rows[0][2])):
        ticket = make_ticket(house, at=clock.now())
        ownership.give_ticket(ticket, house.agent, by=agent_of(house.agent))
    with standing_at(at(rows[1][2])):
        ownership.take_ticket(ticket, by=agent_of(house.other), seen_owner_id=house.agent.pk)
    with standing_at(at(rows[2][2])):
        ownership.give_ticket(ticket, house.manager, by=agent_of(house.other))
    links = list(Ownership.objects.filter(ticket=ticket).order_by("starts"))[-3:]
    for link, (_number, person, starts, ends, before, *_reason) in zip(links, rows, strict=True):
        assert link.person == people[person]
        if before != "-":
            assert abs(link.starts - at(starts)) < timedelta(seconds=30)
            assert link.previous_end == link.starts
        if not ends.startswith("9999"):
            assert abs(link.ends - at(ends)) < timedelta(seconds=30)
    assert links[-1].ends.year == 9999


@pytest.mark.parametrize("given", [False, True], ids=["takes it", "gives it to Maud"])
def test_the_table_of_what_must_be_seen_to_take_a_ticket(*, given: bool) -> None:
    works = make_works()
    house, maud = works.house, works.expert
    people = {"Léa": house.manager, "Karim": house.other, "Inès": house.agent}
    ines = agent_of(house.agent)
    for was, seen, moved in table("ownership.md", "The chain", "the ticket was"):
        ticket = make_ticket(house)
        assert ticket.owner == people["Léa"]
        how, _by, whose = was.split()
        if how == "taken":
            ownership.take_ticket(ticket, by=agent_of(people[whose]))
        elif how == "given":
            ownership.give_ticket(ticket, people[whose], by=agent_of(house.manager))
        seen_owner_id = people[seen].pk if seen in people else None
        act = partial(ownership.give_ticket, person=maud) if given else ownership.take_ticket
        outcome = outcome_of(partial(act, ticket, by=ines, seen_owner_id=seen_owner_id))
        assert outcome == ("done" if moved == "yes" else "refused"), (was, seen)
        ticket.refresh_from_db()
        wanted = maud.pk if given else ines.person_id
        assert (ticket.owner_id == wanted) == (moved == "yes"), (was, seen)


def test_the_worked_example_of_owner_and_resolver() -> None:
    works = make_works()
    ticket = ownership.take_ticket(make_ticket(works.house), by=works.agent)
    resolvers = {
        "Karim": engineer_of(works.engineer),
        "Maud": expert_of(works.expert, works.level_3),
    }
    asked = Assignment()
    for act, by, stands, owner in table("ownership.md", "Owner is not resolver"):
        who = works.agent if by == "Léa" else resolvers[by]
        if act.startswith("ask"):
            team = works.level_2 if act.endswith("2") else works.level_3
            asked = assignments.request_work(ticket, WorkRequest(team=team), by=who)
        elif act == "accept":
            assignments.accept_assignment(asked, by=who)
        elif act == "return":
            assignments.return_assignment(asked, "deeper", by=who)
        elif act == "restore":
            assert ticket.restored_at is None
            lifecycle.restore_by_work(asked, by=who, at=clock.now())
        else:
            assignments.finish_assignment(asked, "fixed", by=who)
        asked.refresh_from_db()
        ticket.refresh_from_db()
        assert asked.state == stands, act
        assert ticket.owner.name.split()[0] == owner, act
    assert ticket.restored_at is not None


def test_the_worked_example_of_answers() -> None:
    works = make_works()
    ticket = ownership.take_ticket(make_ticket(works.house), by=works.agent)
    for writer, rule, sent, voice in table("ownership.md", "Answers under the owner's eyes"):
        with attributed(system("test")):
            StreamSettings.objects.update(engineer_answers=rule.replace(" ", "_"))
        before = Message.objects.filter(direction="sent").count()
        by = works.agent if writer == "the owner" else engineer_of(works.engineer)
        answers.answer_customer(ticket, f"Bonjour, {writer}.", by=by)
        messages = Message.objects.filter(direction="sent").order_by("id")
        assert messages.count() - before == (sent == "at once"), (writer, rule)
        if voice:
            newest = messages.last()
            assert newest is not None
            assert newest.author.startswith(voice)
    assert ProposedAnswer.objects.filter(state="proposed").count() == 1
