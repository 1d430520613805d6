"""Actions that check, quote, decline, withdraw and reopen a design.

Source: docs/rules/designs.md, "States" and "Out of date".
"""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from opale.delivery.designs.actions.designs import lock_design, present_version, publish_design
from opale.delivery.designs.facts import DesignMoved
from opale.delivery.designs.models import (
    Design,
    DesignCheck,
    DesignLine,
    DesignPlace,
    DesignSite,
    DesignVersion,
)
from opale.delivery.designs.queries import check_report, checks, designs, staleness
from opale.delivery.designs.states import (
    CHECK,
    DECLINE,
    EDITABLE,
    QUOTE,
    REOPEN,
    UNDO_CHECK,
    WITHDRAW,
    DesignState,
)
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, IllegalMove, Invalid
from opale.kernel.facts import announce
from opale.kernel.states import Move, perform
from opale.reservations.actions.releases import release_all


def check_design(design: Design, *, by: Actor, at: datetime | None = None) -> DesignCheck:
    """Check the version against present stock and load, and store the result.

    A feasible draft becomes checked; a quoted version stays quoted.
    Errors: NotFound, NotAllowed, IllegalMove (it has ended), Invalid (no line, or too large).
    """
    moment = at or clock.now()
    with attributed(by):
        held = lock_design(design, by=by)
        if held.state not in EDITABLE | {DesignState.QUOTED}:
            raise IllegalMove(CHECK.name, {held.pk: held.state})
        version = present_version(held)
        if not DesignLine.objects.filter(version=version).exists():
            raise Invalid(lines=_("Add a line first."))
        found = checks.check(held, version, at=moment, seen_by=by)
        made = _write(held, version, found, by=by, at=moment)
        if made.feasible and held.state == DesignState.DRAFT:
            move_design(held, CHECK, by=by, at=moment)
        elif not made.feasible and held.state == DesignState.CHECKED:
            # It is no longer feasible, so it must not be quoted.
            move_design(held, UNDO_CHECK, by=by, at=moment)
        publish_design(held)
    return made


def _write(
    design: Design,
    version: DesignVersion,
    found: checks.CheckResult,
    *,
    by: Actor,
    at: datetime,
) -> DesignCheck:
    shares: int | None = None
    if design.wished_on and found.forecast and found.calendar:
        place = found.calendar.place(design.wished_on)
        # A wished day without work is met by the working day before it.
        if found.calendar.day(place) > design.wished_on:
            place -= 1
        shares = found.forecast.share_by(place)
    return DesignCheck.objects.create(
        version=version,
        made_by=by.signature,
        made_at=at,
        feasible=found.feasible,
        earliest_on=found.ends if found.feasible else None,
        p50_on=check_report.day_of(found.forecast, found.calendar, 50) if found.feasible else None,
        p80_on=check_report.day_of(found.forecast, found.calendar, 80) if found.feasible else None,
        wished_on=design.wished_on,
        wished_share=shares if found.feasible else None,
        result=check_report.check_report(found),
        looked_at=found.looked_at,
    )


def quote_design(design: Design, *, by: Actor, at: datetime | None = None) -> None:
    """Quote the version to the customer and freeze it.

    Errors: NotFound, NotAllowed, IllegalMove (it is not checked), Conflict (the check is stale).
    """
    moment = at or clock.now()
    with attributed(by):
        held = lock_design(design, by=by)
        if held.state not in QUOTE.sources:
            raise IllegalMove(QUOTE.name, {held.pk: held.state}, _unchecked(held))
        version = present_version(held)
        require_fresh(held, version, by=by, at=moment)
        version.frozen_at = moment
        version.save(update_fields=["frozen_at"])
        move_design(held, QUOTE, by=by, at=moment)


def require_fresh(
    design: Design, version: DesignVersion, *, by: Actor, at: datetime
) -> DesignCheck:
    """Return the last check of a version, which must be feasible and not stale.

    Errors: Conflict.
    """
    found = designs.last_check(version, seen_by=by)
    if found is None or not found.feasible:
        raise Conflict(_("Check the design first: this version has no feasible result yet."))
    reasons = staleness.stale_because(design, version, found, at=at)
    if reasons:
        raise Conflict(
            _("The check is out of date. Check again. %(reasons)s") % {"reasons": " ".join(reasons)}
        )
    return found


def decline_design(design: Design, *, by: Actor, reason: str, at: datetime | None = None) -> None:
    """Mark the design as declined by the customer, and release its reservations.

    Errors: NotFound, NotAllowed, IllegalMove, Invalid (no reason is given).
    """
    if not reason.strip():
        raise Invalid(reason=_("Enter a reason."))
    _end(design, DECLINE, by=by, reason=reason, at=at)


def withdraw_design(
    design: Design, *, by: Actor, reason: str = "", at: datetime | None = None
) -> None:
    """Withdraw the design, and release its reservations.

    Errors: NotFound, NotAllowed, IllegalMove.
    """
    _end(design, WITHDRAW, by=by, reason=reason, at=at)


def _end(design: Design, how: Move, *, by: Actor, reason: str, at: datetime | None) -> None:
    said = " ".join(reason.split())
    if len(said) > 300:
        raise Invalid(reason=_("Give at most %(limit)s characters.") % {"limit": 300})
    moment = at or clock.now()
    with attributed(by, reason=said):
        held = lock_design(design, by=by)
        move_design(held, how, by=by, at=moment, reason=said)
        release_holds(held, by=by, at=moment)


def reopen_design(
    design: Design, *, by: Actor, note: str = "", at: datetime | None = None
) -> DesignVersion:
    """Create the next version as a copy of the present one. Reservations stay until they expire or
    the new version reserves.

    Errors: NotFound, NotAllowed, IllegalMove.
    """
    moment = at or clock.now()
    with attributed(by):
        held = lock_design(design, by=by)
        old = present_version(held)
        move_design(held, REOPEN, by=by, at=moment, reason="", version=old.number + 1)
        new = DesignVersion.objects.create(
            design=held,
            number=old.number + 1,
            note=" ".join(note.split())[:300],
            made_by=by.signature,
            made_at=moment,
            sized_at=moment,
        )
        _copy(old, new)
        publish_design(held)
    return new


def _copy(old: DesignVersion, new: DesignVersion) -> None:
    sites: dict[int | None, DesignSite | None] = {None: None}
    for site in DesignSite.objects.filter(version=old):
        sites[site.pk] = DesignSite.objects.create(
            version=new,
            position=site.position,
            name=site.name,
            address=site.address,
            place_id=site.place_id,
        )
    before = list(DesignLine.objects.filter(version=old))
    made = DesignLine.objects.bulk_create(
        DesignLine(
            version=new,
            site=sites[line.site_id],
            position=line.position,
            offering_id=line.offering_id,
            quantity=line.quantity,
            options=line.options,
        )
        for line in before
    )
    lines = {line.pk: row for line, row in zip(before, made, strict=True)}
    DesignPlace.objects.bulk_create(
        DesignPlace(
            version=new,
            line=lines[place.line_id],
            unit=place.unit,
            item_id=place.item_id,
            units=place.units,
        )
        for place in DesignPlace.objects.filter(version=old)
    )


def release_holds(design: Design, *, by: Actor, at: datetime) -> int:
    """Release what is reserved for any version of the design, and return how many were held."""
    versions = DesignVersion.objects.filter(design=design)
    return release_all([version.source for version in versions], by=by, at=at)


def move_design(design: Design, how: Move, *, by: Actor, at: datetime, **changes_made: Any) -> None:
    """Move the design to another state. Errors: NotAllowed, IllegalMove."""
    perform(how, Design.objects.filter(pk=design.pk), by=by, at=at, **changes_made)
    design.refresh_from_db()
    publish_design(design)
    announce(
        DesignMoved(
            design_id=design.pk,
            customer_id=design.customer_id,
            version=design.version,
            state=design.state,
            at=at,
        ),
        by=by,
    )


def _unchecked(design: Design) -> str:
    if design.state == DesignState.DRAFT:
        return _("Check the design first: only a feasible version can be quoted.")
    return ""
