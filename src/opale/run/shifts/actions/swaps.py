"""Swaps of duties: offered and accepted, or taken over while they run.

Source: docs/rules/rosters.md, "Swap and cover".
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from opale.kernel import clock, live_topics
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.constraints import translate_violations
from opale.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opale.kernel.states import perform
from opale.organisation.models import Membership, Person
from opale.run.shifts import rights
from opale.run.shifts.actions import swap_notifications as notices
from opale.run.shifts.actions.duties import ROSTER, hand_over_duty, reassign_duty
from opale.run.shifts.domain import cycles
from opale.run.shifts.models import Duty, SwapRequest, SwapRequestQuerySet
from opale.run.shifts.queries import breaches
from opale.run.shifts.states import ACCEPT, LAPSE, REFUSE, WITHDRAW


def offer_duty(
    duty: Duty,
    *,
    by: Actor,
    to: Person | None = None,
    in_return: Duty | None = None,
    note: str = "",
) -> SwapRequest:
    """Offer a duty to one person or to the team, for a duty of that person or for none.

    The holder offers, or whoever plans the team on the holder's behalf.
    Errors: NotFound, NotAllowed, Invalid, Conflict (over already; offered already).
    """
    with attributed(by):
        row = _duty(duty, by=by)
        if not (_is(by, row.person) or _plans(row, by)):
            raise NotAllowed
        if in_return is not None and (to is None or in_return.person_id != to.pk):
            raise Invalid(
                in_return=_(
                    "Only a shift of the person you offer yours to can be asked for in return."
                )
            )
        if to is not None and to.pk == row.person_id:
            raise Invalid(to=_("This person already has this shift."))
        with translate_violations(
            offered_once_at_a_time=Conflict(_("This shift is already offered."))
        ):
            offer = SwapRequest.objects.create(
                duty=row, offered_by=row.person, to=to, in_return=in_return, note=note
            )
        notices.notify_offered(offer, by=by)
        live_topics.publish(ROSTER)
    return offer


def accept_offer(
    offer: SwapRequest, *, by: Actor, person: Person | None = None, knowing: bool = False
) -> None:
    """Accept an offered duty: for oneself, or for `person` by who plans the team.

    Of two who accept at once, one gets it. Breaking a working-time rule is for those who plan the
    team, `knowing` what it breaks.
    Errors: NotFound, NotAllowed, IllegalMove (gone already), Invalid, Conflict (overlap, rules).
    """
    with attributed(by):
        row = _offer(offer, by=by)
        taker = person or _self(by)
        plans = _plans(row.duty, by)
        if not _is(by, taker) and not plans:
            raise NotAllowed
        if taker.pk == row.offered_by_id or (row.to_id not in {None, taker.pk} and not plans):
            raise NotAllowed
        _require_member(row.duty, taker)
        rows = SwapRequest.objects.filter(pk=row.pk)
        perform(ACCEPT, rows, by=_moving(by), at=clock.now(), accepted_by=taker)
        duty, in_return = _both(row)
        if duty.person_id != row.offered_by_id:
            raise Conflict(_("This shift now belongs to somebody else."))
        if not (plans and knowing):
            _refuse_breaches(duty, taker, in_return)
        reassign_duty(duty, taker)
        if in_return is not None:
            reassign_duty(in_return, row.offered_by)
        notices.notify_accepted_offer(row, taker, by=by)
        live_topics.publish(ROSTER)


def refuse_offer(offer: SwapRequest, *, by: Actor) -> None:
    """Refuse an offer made to oneself alone.

    Errors: NotFound, NotAllowed, IllegalMove.
    """
    with attributed(by):
        row = _offer(offer, by=by)
        if row.to is None or not (_is(by, row.to) or _plans(row.duty, by)):
            raise NotAllowed
        perform(REFUSE, SwapRequest.objects.filter(pk=row.pk), by=_moving(by), at=clock.now())
        notices.notify_refused_offer(row, by=by)
        live_topics.publish(ROSTER)


def withdraw_offer(offer: SwapRequest, *, by: Actor) -> None:
    """Withdraw an offer. Errors: NotFound, NotAllowed, IllegalMove."""
    with attributed(by):
        row = _offer(offer, by=by)
        if not (_is(by, row.offered_by) or _plans(row.duty, by)):
            raise NotAllowed
        perform(WITHDRAW, SwapRequest.objects.filter(pk=row.pk), by=_moving(by), at=clock.now())
        notices.settle_offered(row.pk, by=by)
        live_topics.publish(ROSTER)


def take_over(duty: Duty, *, by: Actor, person: Person | None = None) -> Duty:
    """Take the rest of a running duty from now on, whose holder fell ill or left early.

    Nobody has to agree, and no working-time rule prevents standing in; the holder is told.
    Errors: NotFound, NotAllowed, Invalid, Conflict (not running; overlap).
    """
    with attributed(by):
        row = _duty(duty, by=by)
        taker, at = person or _self(by), clock.now()
        if not _is(by, taker) and not _plans(row, by):
            raise NotAllowed
        _require_member(row, taker)
        if not row.starts < at < row.ends:
            raise Conflict(
                _("Only a shift in progress can be taken over. Offer or reassign a later one.")
            )
        if taker.pk == row.person_id:
            raise Invalid(person=_("This person already has this shift."))
        rest = hand_over_duty(row, taker, at)
        notices.notify_taken_over(row, taker, by=by)
        live_topics.publish(ROSTER)
    return rest


def lapse_offers(*, by: Actor, at: datetime) -> int:
    """Expire the offers of duties that began without being accepted."""
    begun = SwapRequest.objects.open().filter(duty__period__startswith__lte=at)
    keys = list(begun.values_list("pk", flat=True))
    if not keys:
        return 0
    perform(LAPSE, SwapRequest.objects.filter(pk__in=keys), by=by, at=at)
    for key in keys:
        notices.settle_offered(key, by=by)
    live_topics.publish(ROSTER)
    return len(keys)


def _duty(duty: Duty, *, by: Actor) -> Duty:
    rows = Duty.objects.visible_to(by).filter(pk=duty.pk)
    row = rows.select_related("person__company", "team").select_for_update(of=("self",)).first()
    if row is None:
        raise NotFound
    if not (rows.within(by, rights.SWAP).exists() or _is(by, row.person) or _plans(row, by)):
        raise NotAllowed
    if row.ends <= clock.now():
        raise Conflict(_("This shift has ended and can no longer be changed."))
    return row


def _offer(offer: SwapRequest, *, by: Actor) -> SwapRequest:
    rows: SwapRequestQuerySet = SwapRequest.objects.visible_to(by).filter(pk=offer.pk)
    row = rows.select_related("duty__team", "offered_by", "to", "in_return").first()
    if row is None:
        raise NotFound
    concerned = (row.offered_by_id, row.to_id)
    if by.person_id in concerned or _plans(row.duty, by):
        return row
    if not rows.within(by, rights.SWAP).exists():
        raise NotAllowed
    return row


def _both(offer: SwapRequest) -> tuple[Duty, Duty | None]:
    """Return both duties of a swap, locked in the order of their keys."""
    wanted = [key for key in (offer.duty_id, offer.in_return_id) if key is not None]
    rows = Duty.objects.filter(pk__in=wanted).select_related("person__company", "team")
    found = {row.pk: row for row in rows.order_by("pk").select_for_update(of=("self",))}
    if any(row.ends <= clock.now() for row in found.values()) or len(found) < len(wanted):
        raise Conflict(_("This shift has ended and can no longer be changed."))
    in_return = None if offer.in_return_id is None else found[offer.in_return_id]
    if in_return is not None and in_return.person_id != offer.to_id:
        raise Conflict(_("The shift asked for in return now belongs to somebody else."))
    return found[offer.duty_id], in_return


def _refuse_breaches(duty: Duty, taker: Person, in_return: Duty | None) -> None:
    moves: Sequence[tuple[Duty, Person]] = [(duty, taker)]
    if in_return is not None:
        moves = [*moves, (in_return, duty.person)]
    moved = [
        breaches.Change(person_id, cycles.Span(row.starts, row.ends), gone=gone, standby=standby)
        for row, person in moves
        for standby in [row.kind == Duty.Kind.STANDBY]
        for person_id, gone in ((row.person_id, True), (person.pk, False))
    ]
    if breaches.breaches_caused_by(moved):
        raise Conflict(_("This would break a working-time rule. Ask the team’s planner."))


def _require_member(duty: Duty, person: Person) -> None:
    places = Membership.objects.filter(person=person, team_id=duty.team_id)
    if not places.filter(period__contains=clock.now()).exists():
        raise Invalid(person=_("Only team members can take its shifts."))


def _is(by: Actor, person: Person) -> bool:
    return by.person_id is not None and by.person_id == person.pk


def _self(by: Actor) -> Person:
    mine = () if by.person_id is None else (by.person_id,)
    person = Person.objects.filter(pk__in=mine, left_on=None).first()
    if person is None:
        raise Invalid(person=_("Choose who takes it."))
    return person


def _plans(duty: Duty, by: Actor) -> bool:
    return Duty.objects.filter(pk=duty.pk).within(by, rights.EDIT).exists()


def _moving(by: Actor) -> Actor:
    """Return the actor without limits: the caller checked the duty, offer or team's plan."""
    return replace(by, unlimited=True)
