"""Actions on silences: create, change, end, and begin or finish them when their time comes.

Source: docs/rules/silences.md.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from opale.kernel import live_topics
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.clock import time_zones
from opale.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opale.run.events.actions.apply_silences import (
    ACTIVE_SILENCES,
    KEPT_SECONDS,
    UPDATE_SILENCES_JOB,
    mute_live_alerts,
)
from opale.run.events.domain.recurrence import InvalidRecurrence, Recurrence, Window
from opale.run.events.domain.silences import MAX_MATCHERS, Matcher, SilenceMatcher, invalid_matchers
from opale.run.events.models import Alert, Silence
from opale.run.events.queries import silences as silence_queries
from opale.run.events.rights import WORK
from opale.run.events.states import AlertState, SilenceKind

MUTE_JOB: Final = "events.mute_living"
CHECKED_AT_ONCE: Final = 2_000
MAX_WINDOW: Final = timedelta(days=31)
MAX_NAMED: Final = 200
UPDATED_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceTerms:
    """The terms of a silence: which alerts, when, and why."""

    matchers: tuple[Matcher, ...]
    starts_at: datetime
    ends_at: datetime | None
    comment: str
    kind: SilenceKind = SilenceKind.SILENCE
    recurrence: str = ""
    duration: timedelta | None = None
    zone: str = "UTC"
    ends_on_clear: bool = False
    integration_id: int | None = None
    item_ids: tuple[int, ...] = ()
    service_ids: tuple[int, ...] = ()
    site_ids: tuple[int, ...] = ()
    customer_ids: tuple[int, ...] = ()

    @property
    def silencer(self) -> SilenceMatcher:
        return SilenceMatcher(
            id=0,
            matchers=self.matchers,
            ends_at=self.ends_at or self.starts_at,
            integration_id=self.integration_id,
            items=frozenset(self.item_ids),
            services=frozenset(self.service_ids),
            sites=frozenset(self.site_ids),
            customers=frozenset(self.customer_ids),
        )

    @property
    def span(self) -> Recurrence:
        duration = self.duration or timedelta()
        return Recurrence(self.starts_at, self.ends_at, self.recurrence, duration, self.zone)


def terms_of_silence(silence: Silence) -> SilenceTerms:
    """Return the terms of an existing silence, to be changed."""
    return SilenceTerms(
        matchers=tuple(Matcher.of(row) for row in silence.matchers),
        starts_at=silence.starts_at,
        ends_at=silence.ends_at,
        comment=silence.comment,
        kind=SilenceKind(silence.kind),
        recurrence=silence.recurrence,
        duration=silence.duration,
        zone=silence.zone,
        ends_on_clear=silence.ends_on_clear,
        integration_id=silence.integration_id,
        item_ids=tuple(silence.item_ids),
        service_ids=tuple(silence.service_ids),
        site_ids=tuple(silence.site_ids),
        customer_ids=tuple(silence.customer_ids),
    )


def create_silence(
    terms: SilenceTerms, *, by: Actor, at: datetime, author_name: str = ""
) -> Silence:
    """Create a silence. `author_name` is for an actor that speaks for somebody else.

    Errors: NotAllowed, Invalid.
    """
    _working(by)
    window = _checked(terms, at)
    with attributed(by):
        silence = Silence(
            author_id=by.person_id, author_name=(author_name or by.name)[:200], created_at=at
        )
        _put(silence, terms)
        _stand(silence, window, at)
        silence.save(force_insert=True)
        _look_again(silence, by=by, at=at)
    return silence


def edit_silence(silence: Silence, terms: SilenceTerms, *, by: Actor, at: datetime) -> None:
    """Change the terms of a silence. Errors: NotAllowed, Invalid, Conflict (over)."""
    _working(by)
    with attributed(by):
        held = _held(silence)
        if silence_queries.phase_of(held, at) == "past":
            raise Conflict(_("This silence has ended. Create a new one."))
        window = _checked(terms, at)
        _put(held, terms)
        _keep(held, window, by=by, at=at)


def revert_silence(silence: Silence, version: int, *, by: Actor, at: datetime) -> None:
    """Put a silence back to an earlier version.

    Errors: NotAllowed, NotFound, Invalid (by then it is over), Conflict (over).
    """
    former = Silence.former.rel.related_model  # type: ignore[attr-defined]  # made by `tracked`
    found = former.objects.filter(pgh_obj=silence.pk, pgh_id=version, pgh_label="update").first()
    if found is None:
        raise NotFound
    edit_silence(silence, terms_of_silence(found), by=by, at=at)


def extend_silence(silence: Silence, *, for_: timedelta, by: Actor, at: datetime) -> None:
    """Postpone the end of a silence; of a recurring one, of the time in force that is running.

    Errors: NotAllowed, Invalid, Conflict (over; or it comes again, and is not in force).
    """
    terms = terms_of_silence(silence)
    if not terms.recurrence and terms.ends_at:
        edit_silence(silence, replace(terms, ends_at=terms.ends_at + for_), by=by, at=at)
        return
    _working(by)
    with attributed(by):
        held = _held(silence)
        starts_at, ends_at = held.window_starts_at, held.window_ends_at
        if starts_at is None or ends_at is None or not starts_at <= at < ends_at:
            raise Conflict(_("This silence is not active."))
        if ends_at + for_ <= at:
            raise Invalid(ends_at=_("The end is in the past."))
        _keep(held, Window(starts_at, ends_at + for_), by=by, at=at)


def end_silence(silence: Silence, *, by: Actor, at: datetime) -> None:
    """End a silence now: alerts that it muted and are still open call somebody. Repeatable.

    Errors: NotAllowed.
    """
    _working(by)
    with attributed(by):
        held = _held(silence)
        if silence_queries.phase_of(held, at) != "past":
            held.ended_at = at
            _keep(held, None, by=by, at=at)


def resume_silence(silence: Silence, *, by: Actor, at: datetime) -> None:
    """Undo the early end of a silence. Errors: NotAllowed, Conflict (its time is over anyway)."""
    _working(by)
    with attributed(by):
        held = _held(silence)
        window = terms_of_silence(held).span.window(at)
        if held.ended_at is None or window is None:
            raise Conflict(_("This silence has ended. Create a new one."))
        held.ended_at = None
        _keep(held, window, by=by, at=at)


def update_silence_states(*, by: Actor, at: datetime) -> None:
    """Begin and end the silences that are due, and end those whose alerts have cleared."""
    with attributed(by):
        due = Silence.objects.filter(turns_at__lte=at).order_by("pk")
        turned = list(due.select_for_update(skip_locked=True)[:UPDATED_AT_ONCE])
        for silence in turned:
            _turn(silence, at)
        for silence in _over_with_their_alerts(at):
            if silence.recurrence and silence.window_ends_at:
                window = terms_of_silence(silence).span.window(silence.window_ends_at)
            else:
                window, silence.ended_at = None, at
            _stand(silence, window, at)
            turned.append(silence)
            _write(silence)
        if turned:
            live_topics.publish("events.silences", *(silence.topic for silence in turned))
        if turned or _held_by_what_is_over(at):
            _mute_soon(at)
    if len(turned) >= UPDATED_AT_ONCE:
        update_silence_states(by=by, at=at)


def _turn(silence: Silence, at: datetime) -> None:
    window = None if silence.ended_at else terms_of_silence(silence).span.window(at)
    _stand(silence, window, at)
    _write(silence)


def _held_by_what_is_over(at: datetime) -> bool:
    """Return whether a live alert (reopened, say) is still muted by a silence that is over."""
    held = Alert.objects.filter(silence__isnull=False).exclude(state=AlertState.CLOSED)
    return held.exclude(silence__in=Silence.objects.filter(silence_queries.active_at(at))).exists()


def _over_with_their_alerts(at: datetime) -> list[Silence]:
    """Return silences in force that end on clear, have muted something and mute nothing now."""
    muted = Alert.objects.filter(silence=OuterRef("pk"))
    here = muted.filter(Q(closed_at=None) | Q(closed_at__gte=OuterRef("window_starts_at")))
    bad = muted.exclude(state__in=(AlertState.CLEARED, AlertState.CLOSED))
    waiting = Silence.objects.filter(silence_queries.active_at(at), ends_on_clear=True)
    found = waiting.filter(Exists(here), ~Exists(bad)).order_by("pk")
    return list(found.select_for_update(of=("self",), skip_locked=True)[:UPDATED_AT_ONCE])


def _working(by: Actor) -> None:
    """Check the right on all customers: a silence may reach every customer's alerts."""
    if not by.everywhere(WORK):
        raise NotAllowed


def _held(silence: Silence) -> Silence:
    return Silence.objects.select_for_update().get(pk=silence.pk)


def _put(silence: Silence, terms: SilenceTerms) -> None:
    silence.kind, silence.comment = terms.kind, terms.comment.strip()
    silence.matchers = [matcher.row() for matcher in terms.matchers]
    silence.starts_at, silence.ends_at = terms.starts_at, terms.ends_at
    silence.recurrence, silence.zone = terms.recurrence, terms.zone
    silence.duration = terms.duration if terms.recurrence else None
    silence.ends_on_clear = terms.ends_on_clear
    silence.integration_id = terms.integration_id
    silence.item_ids, silence.service_ids = list(terms.item_ids), list(terms.service_ids)
    silence.site_ids, silence.customer_ids = list(terms.site_ids), list(terms.customer_ids)


def _stand(silence: Silence, window: Window | None, at: datetime) -> None:
    """Set the phase of a silence, and the timer of its next change."""
    silence.window_starts_at = window.starts_at if window else None
    silence.window_ends_at = window.ends_at if window else None
    silence.turns_at = None
    if window:
        silence.turns_at = window.ends_at if window.starts_at <= at else window.starts_at
        app.configure_task(UPDATE_SILENCES_JOB, schedule_at=silence.turns_at).defer()


def _keep(silence: Silence, window: Window | None, *, by: Actor, at: datetime) -> None:
    _stand(silence, window, at)
    _write(silence)
    _look_again(silence, by=by, at=at)


def _write(silence: Silence) -> None:
    names = {field.name for field in Silence._meta.concrete_fields}
    silence.save(update_fields=names - {"id", "uuid", "author", "author_name", "created_at"})


def _look_again(silence: Silence, *, by: Actor, at: datetime) -> None:
    """Apply silences to live alerts now, and again when no batch uses the former silences."""
    live_topics.publish("events.silences", silence.topic)
    mute_live_alerts(by=by, at=at, at_most=CHECKED_AT_ONCE)
    _mute_soon(at)


def _mute_soon(at: datetime) -> None:
    ACTIVE_SILENCES.forget()
    app.configure_task(MUTE_JOB).defer()
    app.configure_task(MUTE_JOB, schedule_at=at + timedelta(seconds=KEPT_SECONDS + 1)).defer()


def _checked(terms: SilenceTerms, at: datetime) -> Window:
    """Check the terms, and return the first time in force from now on. Errors: Invalid."""
    _check_what(terms)
    if terms.ends_at is not None and terms.ends_at <= terms.starts_at:
        raise Invalid(ends_at=_("The end must be after the start."))
    if terms.zone not in time_zones():
        raise Invalid(zone=_("This time zone does not exist."))
    if not terms.recurrence and terms.ends_at is None:
        raise Invalid(ends_at=_("Enter an end."))
    if terms.recurrence and not timedelta() < (terms.duration or timedelta()) <= MAX_WINDOW:
        raise Invalid(duration=_("Each occurrence lasts at most 31 days."))
    try:
        window = terms.span.window(at)
    except InvalidRecurrence:
        raise Invalid(recurrence=_("Not a valid recurrence rule.")) from None
    if window is None:
        raise Invalid(ends_at=_("The end is in the past."))
    return window


def _check_what(terms: SilenceTerms) -> None:
    sentences = {
        "name": _("The name of a label is missing or too long."),
        "value": _("Values are limited to 2000 characters."),
        "pattern": _("Not a valid regular expression, or too large."),
    }
    for matcher, fault in invalid_matchers(terms.matchers):
        raise Invalid(
            matchers=_("%(matcher)s: %(fault)s") % {"matcher": matcher, "fault": sentences[fault]}
        )
    named = (terms.item_ids, terms.service_ids, terms.site_ids, terms.customer_ids)
    if len(terms.matchers) > MAX_MATCHERS or any(len(ids) > MAX_NAMED for ids in named):
        raise Invalid(matchers=_("Too many labels or objects at once."))
    if not terms.silencer.is_narrow:
        raise Invalid(
            matchers=_(
                "This would mute every alert. Enter a label or choose an item, a service, a site or"
                " a customer."
            )
        )
