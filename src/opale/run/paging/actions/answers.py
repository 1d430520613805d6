"""Answers to mobilisations, which stop further pages, and their end.

Source: docs/rules/paging.md, "Answers".
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from opale.kernel import clock, live_topics
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, IllegalMove, NotAllowed, NotFound
from opale.kernel.facts import announce
from opale.kernel.states import record_moves
from opale.organisation.models import Person
from opale.run.paging import rights
from opale.run.paging.actions.mobilisations import BOARD, TIMERS, restart_mobilisation
from opale.run.paging.actions.slips import end_slips, open_slip
from opale.run.paging.domain.escalation_plans import parse_content
from opale.run.paging.facts import MobilisationAnswered
from opale.run.paging.models import Mobilisation, Page
from opale.run.paging.states import (
    ANSWER,
    GIVE_BACK,
    RESOLVE,
    UNANSWERED,
    MobilisationState,
    PageState,
)

S = MobilisationState


def answer_mobilisation(
    mobilisation: Mobilisation, *, by: Actor, at: datetime | None = None
) -> Mobilisation:
    """Acknowledge a mobilisation, as a paged person or by right: nobody else is paged.

    Errors: NotFound, NotAllowed, Conflict (somebody else is on it), IllegalMove (it is over).
    """
    with attributed(by):
        held = _held(mobilisation, by=by, right=rights.OWN)
        if not _may(held, rights.WORK, by=by) and not _was_paged(held, by.person_id):
            raise NotAllowed
        _answer(held, _person(by), name=by.name, by=by, at=at or clock.now())
    return held


def answer_page(page: Page, *, by: Actor, at: datetime) -> Mobilisation:
    """Acknowledge, for the holder of a page's link, all that its message named.

    Errors: NotFound, Conflict, IllegalMove.
    """
    with attributed(by):
        found = Page.objects.filter(pk=page.pk).select_related("person").first()
        if found is None:
            raise NotFound
        told = {found.mobilisation_id, *found.carries.values_list("mobilisation_id", flat=True)}
        rows = Mobilisation.objects.filter(pk__in=told).select_for_update().order_by("pk")
        held = {one.pk: one for one in rows}
        lead = held[found.mobilisation_id]
        _answer(lead, found.person, name=found.person.name, by=by, at=at)
        for one in held.values():
            if one is not lead and one.state in UNANSWERED:
                _answer(one, found.person, name=found.person.name, by=by, at=at)
    return lead


def give_back(mobilisation: Mobilisation, *, by: Actor, at: datetime | None = None) -> Mobilisation:
    """Undo one's own acknowledgement: people are paged anew.

    Errors: NotFound, NotAllowed, IllegalMove (nobody has answered, or it is over).
    """
    with attributed(by):
        held = _held(mobilisation, by=by, right=rights.OWN)
        own = by.person_id is not None and held.answered_by_id == by.person_id
        if not own and not _may(held, rights.WORK, by=by):
            raise NotAllowed
        if held.state not in GIVE_BACK.sources:
            raise IllegalMove(GIVE_BACK.name, {held.pk: held.state})
        restart_mobilisation(held, reason="given_back", by=by, at=at or clock.now())
    return held


def end_mobilisation(
    mobilisation: Mobilisation, *, by: Actor, at: datetime | None = None
) -> Mobilisation:
    """End a mobilisation. Errors: NotFound, NotAllowed, IllegalMove."""
    with attributed(by):
        held = _held(mobilisation, by=by, right=rights.WORK)
        if not _may(held, rights.WORK, by=by):
            raise NotAllowed
        if held.state not in RESOLVE.sources:
            raise IllegalMove(RESOLVE.name, {held.pk: held.state})
        _end([held], by=by, at=at or clock.now())
    return held


def end_calls_about(abouts: Sequence[str], *, by: Actor, at: datetime) -> int:
    """End the mobilisations about these things, for the rooms that know them; return how many."""
    if not abouts:
        return 0
    with attributed(by):
        rows = Mobilisation.objects.filter(about__in=abouts).exclude(state=S.RESOLVED)
        held = list(rows.select_for_update().order_by("pk"))
        _end(held, by=by, at=at)
    return len(held)


def answer_calls_about(abouts: Sequence[str], *, by: Actor, at: datetime) -> int:
    """Acknowledge the mobilisations about things that somebody took up; return how many."""
    if not abouts:
        return 0
    with attributed(by):
        rows = Mobilisation.objects.filter(about__in=abouts, state__in=sorted(UNANSWERED))
        held = list(rows.select_for_update(of=("self",)).select_related("version").order_by("pk"))
        person = _person(by) if held else None
        for one in held:
            _answer(one, person, name=by.name, by=by, at=at)
    return len(held)


def give_back_calls_about(abouts: Sequence[str], *, by: Actor, at: datetime) -> int:
    """Undo the acknowledgements about things nobody works on any more; return how many."""
    if not abouts:
        return 0
    with attributed(by):
        rows = Mobilisation.objects.filter(about__in=abouts, state__in=sorted(GIVE_BACK.sources))
        held = list(rows.select_for_update(of=("self",)).select_related("version").order_by("pk"))
        for one in held:
            restart_mobilisation(one, reason="given_back", by=by, at=at)
    return len(held)


def _held(mobilisation: Mobilisation, *, by: Actor, right: str) -> Mobilisation:
    """Return the mobilisation, locked, if the actor may see it or was paged by it."""
    if not by.can(right):
        raise NotAllowed
    rows = Mobilisation.objects.filter(pk=mobilisation.pk)
    held = rows.select_for_update(of=("self",)).select_related("version").first()
    if held is None:
        raise NotFound
    if not rows.visible_to(by).exists() and not _was_paged(held, by.person_id):
        raise NotFound
    return held


def _person(by: Actor) -> Person | None:
    return Person.objects.filter(pk=by.person_id).first() if by.person_id else None


def _may(held: Mobilisation, right: str, *, by: Actor) -> bool:
    return Mobilisation.objects.within(by, right).filter(pk=held.pk).exists()


def _was_paged(held: Mobilisation, person_id: int | None) -> bool:
    return person_id is not None and held.pages.filter(person_id=person_id).exists()


def _answer(
    held: Mobilisation, person: Person | None, *, name: str, by: Actor, at: datetime
) -> None:
    if held.state == S.ACKNOWLEDGED:
        if person is not None and held.answered_by_id == person.pk:
            return
        raise Conflict(_("%(name)s has already acknowledged it.") % {"name": held.answered_name})
    if held.state not in ANSWER.sources:
        raise IllegalMove(
            ANSWER.name, {held.pk: held.state}, _("This page has ended; nobody is being paged.")
        )
    before, held.state = held.state, S.ACKNOWLEDGED
    held.answered_at, held.answered_by, held.answered_name = at, person, name
    again = parse_content(held.version.content).again_minutes
    held.next_at = at + timedelta(minutes=again) if again else None
    held.save(update_fields=["state", "answered_at", "answered_by", "answered_name", "next_at"])
    _drop([held.pk])
    if person is not None:
        held.pages.filter(person=person, answered_at=None).update(answered_at=at)
        open_slip(held, person, by=by, at=at)
    record_moves(Mobilisation, ANSWER.name, {held.pk: before}, held.state, by=by, at=at)
    announce(
        MobilisationAnswered(
            mobilisation_id=held.pk,
            about=held.about,
            person_id=person.pk if person else None,
            at=at,
        ),
        by=by,
    )
    if held.next_at is not None:
        TIMERS.set([held.next_at], at=at)
    _tell([held.pk])


def _end(held: Sequence[Mobilisation], *, by: Actor, at: datetime) -> None:
    if not held:
        return
    before = {one.pk: one.state for one in held}
    Mobilisation.objects.filter(pk__in=before).update(
        state=S.RESOLVED, resolved_at=at, next_at=None
    )
    for one in held:
        one.state, one.resolved_at, one.next_at = S.RESOLVED, at, None
    _drop(before)
    end_slips(list(before), by=by, at=at)
    record_moves(Mobilisation, RESOLVE.name, before, S.RESOLVED, by=by, at=at)
    _tell(before)


def _drop(ids: Sequence[int] | dict[int, str]) -> None:
    due = Page.objects.filter(mobilisation__in=list(ids), state=PageState.DUE)
    due.update(state=PageState.DROPPED)


def _tell(ids: Sequence[int] | dict[int, str]) -> None:
    live_topics.publish(BOARD, *(f"paging.mobilisation:{pk}" for pk in ids))
