"""What the parameters of handovers' routes name: the engineer leaves, the agent arrives."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from tests.personas import MAKER, Personas

from opale.kernel.attribution import attributed
from opale.kernel.clock import now
from opale.run.desk.actions.ownership import hand_over_tickets, take_ticket
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.models import Source, Ticket
from opale.run.handover.actions.cards import accept_card
from opale.run.handover.actions.records import prepare_handover
from opale.run.handover.actions.watches import WatchInput, create_watch
from opale.run.handover.models import Handover, HandoverItem
from opale.run.shifts.models import Duty


def subjects(house: Personas) -> Mapping[str, object]:
    at = (now() + timedelta(minutes=20)).replace(microsecond=0)
    team, agent = house.teams["desk_agent"], house.people["desk_agent"]
    leaver = house.people["run_engineer"]
    with attributed(MAKER):
        _duty(house, "run_engineer", at - timedelta(hours=8))
        _duty(house, "desk_agent", at)
    hot, accepted, calm, back = (
        _ticket(house, subject, priority)
        for subject, priority in (("Lien", 1), ("Baie", 1), ("DNS", 4), ("Accès", 4))
    )
    early = Handover.objects.create(
        team=team,
        kind=Handover.Kind.EARLY,
        ends_at=now() - timedelta(minutes=1),
        leaver_ids=[],
        left_at=now(),
        left_by=agent,
    )
    # The routes are tried one after the other, for longer than an act can be undone.
    decided = now() + timedelta(hours=1)
    hand_over_tickets({back.pk: leaver.pk}, agent, by=MAKER)
    HandoverItem.objects.create(
        handover=early,
        ticket=back,
        customer=back.customer,
        leaver=leaver,
        place="block",
        state="accepted",
        taker=agent,
        decided_at=decided,
        told=_told(back),
    )
    held = prepare_handover(team, at, by=MAKER, at=now())
    cards = {one.ticket_id: one for one in HandoverItem.objects.filter(handover=held)}
    accept_card(cards[accepted.pk], by=house.actor("desk_agent"))
    HandoverItem.objects.filter(pk=cards[accepted.pk].pk).update(decided_at=decided)
    HandoverItem.objects.filter(pk=cards[calm.pk].pk).update(place="block", reasons=[])
    until = now() + timedelta(hours=2)
    watching = WatchInput(text="Storage", until=until, calls=team)
    return {
        "handover_id": held.pk,
        "early_handover_id": early.pk,
        "card_id": cards[hot.pk].pk,
        "accepted_item_id": cards[accepted.pk].pk,
        "leaver_id": leaver.pk,
        "arriving_id": agent.pk,
        "watch_id": create_watch(watching, by=MAKER).pk,
        "watch_until": until.isoformat(),
    }


def _duty(house: Personas, name: str, starts: datetime) -> None:
    Duty.objects.create(
        person=house.people[name],
        team=house.teams["desk_agent"],
        kind=Duty.Kind.STAFFED,
        role=Duty.Role.AGENT,
        period=DateTimeTZRange(starts, starts + timedelta(hours=8)),
    )


def _ticket(house: Personas, subject: str, priority: int) -> Ticket:
    new = NewTicket(
        subject=subject, source=Source.PHONE, customer=house.customer, contact=house.contact
    )
    made = receive_ticket(new, by=MAKER)
    made = take_ticket(made, by=house.actor("run_engineer"), seen_owner_id=made.owner_id)
    with attributed(MAKER):
        Ticket.objects.filter(pk=made.pk).update(priority=priority)
    return made


def _told(ticket: Ticket) -> dict[str, object]:
    return {
        "number": ticket.number,
        "subject": ticket.subject,
        "priority": ticket.priority,
        "next": "work",
    }
