"""Actions that draw up a design: its data, its sites and its lines from the catalogue.

A changed version is unchecked again; a quoted one is frozen. Source: docs/rules/designs.md.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext as _

from opale.customers.models import Customer, Offering
from opale.customers.queries.option_values import checked_values
from opale.delivery.designs.actions.design_notifications import notify_assigned
from opale.delivery.designs.models import Design, DesignLine, DesignSite, DesignVersion
from opale.delivery.designs.queries import comparisons
from opale.delivery.designs.rights import WORK
from opale.delivery.designs.states import EDITABLE, OPEN, UNDO_CHECK, DesignState
from opale.infrastructure.models import Site
from opale.kernel import clock, live_topics
from opale.kernel.action_steps import lock_row, require_on, update_changed
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.constraints import translate_violations
from opale.kernel.errors import Conflict, IllegalMove, Invalid, NotFound
from opale.kernel.states import perform
from opale.organisation.models import Person
from opale.organisation.queries.reference import home_day

LIST: Final = "designs.list"
CHANGE: Final = "change"
MOST_SITES: Final = 200
MOST_LINES: Final = 200
LARGEST_QUANTITY: Final = 10_000
LONGEST_TEXT: Final = 20_000
LONGEST_OPTION: Final = 200
FIRST, LAST = date(2000, 1, 1), date(2099, 12, 31)


def create_design(
    customer: Customer,
    title: str,
    *,
    by: Actor,
    requirements: str = "",
    architect: Person | None = None,
    wished_on: date | None = None,
    probability: int = 50,
    at: datetime | None = None,
) -> Design:
    """Create a draft without sites or lines, for the customer's architect or else for the actor.

    Errors: NotAllowed, Invalid.
    """
    require_on(customer, by, WORK)
    values = _checked(
        {
            "title": title,
            "requirements": requirements,
            "wished_on": wished_on,
            "probability": probability,
        }
    )
    moment = at or clock.now()
    chosen = architect.pk if architect else customer.architect_id or by.person_id
    with attributed(by):
        design = Design.objects.create(
            number=_next_number(),
            customer=customer,
            architect_id=chosen,
            made_at=moment,
            **values,
        )
        DesignVersion.objects.create(
            design=design, number=1, made_by=by.signature, made_at=moment, sized_at=moment
        )
        publish_design(design)
        notify_assigned(design, by=by)
    return design


def edit_design(design: Design, *, by: Actor, **fields: Any) -> list[str]:
    """Change the data of a design; another wished day or probability leaves the check valid.

    Errors: NotFound, NotAllowed, IllegalMove (it has ended), Invalid.
    """
    values = _checked(fields)
    with attributed(by):
        held = lock_design(design, by=by)
        if held.state not in OPEN:
            raise IllegalMove(CHANGE, {held.pk: held.state})
        changed = update_changed(held, values)
        if changed:
            publish_design(held)
        if "architect" in changed:
            notify_assigned(held, by=by)
    return changed


def add_site(
    design: Design,
    name: str,
    *,
    by: Actor,
    address: str = "",
    place: Site | None = None,
    like: DesignSite | None = None,
) -> DesignSite:
    """Add a site to the version, with a copy of the lines of the site `like` where it is given.

    Errors: NotFound, NotAllowed, IllegalMove (it is quoted), Invalid, Conflict.
    """
    with attributed(by), translate_violations(**constraint_errors()):
        held, version = lock_version(design, by=by)
        rows = DesignSite.objects.filter(version=version)
        if rows.count() >= MOST_SITES:
            raise Invalid(name=_("A design has %(most)s sites at most.") % {"most": MOST_SITES})
        site = DesignSite.objects.create(
            version=version,
            position=_behind(rows),
            name=_name(name),
            address=address.strip()[:300],
            place=place,
        )
        if like is not None:
            _copy_lines(version, like, site)
        mark_unchecked(held, version, by=by)
    return site


def _copy_lines(version: DesignVersion, like: DesignSite, site: DesignSite) -> None:
    """Copy the lines of one site to another.

    Errors: Invalid (more lines than a design may have).
    """
    rows = DesignLine.objects.filter(version=version)
    own = list(rows.filter(site=like))
    if rows.count() + len(own) > MOST_LINES:
        raise Invalid(like=_("A design has %(most)s lines at most.") % {"most": MOST_LINES})
    DesignLine.objects.bulk_create(
        DesignLine(
            version=version,
            site=site,
            position=position,
            offering_id=line.offering_id,
            quantity=line.quantity,
            options=line.options,
        )
        for position, line in enumerate(own, start=_behind(rows))
    )


def edit_site(site: DesignSite, *, by: Actor, **fields: Any) -> list[str]:
    """Errors: NotFound, NotAllowed, IllegalMove (it is quoted), Invalid, Conflict."""
    if "name" in fields:
        fields["name"] = _name(fields["name"])
    with attributed(by), translate_violations(**constraint_errors()):
        held, version = lock_version(site.version.design, by=by)
        row = DesignSite.objects.filter(pk=site.pk, version=version).first()
        if row is None:
            raise NotFound
        changed = update_changed(row, fields)
        if changed:
            mark_unchecked(held, version, by=by)
    return changed


def remove_site(site: DesignSite, *, by: Actor) -> None:
    """Remove a site with its lines. Errors: NotFound, NotAllowed, IllegalMove (it is quoted)."""
    with attributed(by):
        held, version = lock_version(site.version.design, by=by)
        row = DesignSite.objects.filter(pk=site.pk, version=version).first()
        if row is None:
            raise NotFound
        row.delete()
        mark_unchecked(held, version, by=by)


def restore_site(design: Design, site_id: int, *, by: Actor) -> DesignSite:
    """Restore a removed site of the present version, with its lines.

    Errors: NotFound, NotAllowed, IllegalMove (it is quoted), Invalid (there is no room for it any
    more, or another one has its name).
    """
    with attributed(by), translate_violations(**constraint_errors()):
        held, version = lock_version(design, by=by)
        removed = comparisons.removed_site(version, site_id)
        if removed is None or DesignSite.objects.filter(pk=site_id).exists():
            raise NotFound
        rows, lines = DesignSite.objects.filter(version=version), version.lines.all()
        if rows.count() >= MOST_SITES or lines.count() + len(removed.lines) > MOST_LINES:
            raise Invalid(_("This design is full."))
        site = DesignSite.objects.create(version=version, **removed.site)
        DesignLine.objects.bulk_create(
            DesignLine(version=version, site=site, **line) for line in removed.lines
        )
        mark_unchecked(held, version, by=by)
    return site


def add_line(
    design: Design,
    offering: Offering,
    *,
    by: Actor,
    site: DesignSite | None = None,
    quantity: int = 1,
    options: Mapping[str, Any] | None = None,
) -> DesignLine:
    """Add a quantity of an offering to the version, at a site or for the whole design.

    Errors: NotFound, NotAllowed, IllegalMove (it is quoted), Invalid.
    """
    with attributed(by):
        held, version = lock_version(design, by=by)
        values = _checked_line(
            version,
            {"offering": offering, "site": site, "quantity": quantity, "options": options or {}},
        )
        rows = DesignLine.objects.filter(version=version)
        if rows.count() >= MOST_LINES:
            raise Invalid(offering=_("A design has %(most)s lines at most.") % {"most": MOST_LINES})
        line = DesignLine.objects.create(version=version, position=_behind(rows), **values)
        mark_unchecked(held, version, by=by)
    return line


def edit_line(line: DesignLine, *, by: Actor, **fields: Any) -> list[str]:
    """Errors: NotFound, NotAllowed, IllegalMove (it is quoted), Invalid."""
    with attributed(by):
        held, version = lock_version(line.version.design, by=by)
        rows = DesignLine.objects.select_related("offering")
        row = rows.filter(pk=line.pk, version=version).first()
        if row is None:
            raise NotFound
        changed = update_changed(row, _checked_line(version, fields, line=row))
        if changed:
            # Another line needs other units, so they are chosen again.
            row.places.all().delete()
            mark_unchecked(held, version, by=by)
    return changed


def remove_line(line: DesignLine, *, by: Actor) -> None:
    """Errors: NotFound, NotAllowed, IllegalMove (it is quoted)."""
    with attributed(by):
        held, version = lock_version(line.version.design, by=by)
        row = DesignLine.objects.filter(pk=line.pk, version=version).first()
        if row is None:
            raise NotFound
        row.delete()
        mark_unchecked(held, version, by=by)


def lock_design(design: Design, *, by: Actor) -> Design:
    """Return the design with its row locked, so that its changes are serialised.

    Errors: NotFound, NotAllowed.
    """
    return lock_row(Design.objects.filter(pk=design.pk), by, WORK)


def present_version(design: Design) -> DesignVersion:
    return DesignVersion.objects.get(design=design, number=design.version)


def lock_version(design: Design, *, by: Actor) -> tuple[Design, DesignVersion]:
    """Return the locked design and its present version, which may still be changed.

    Errors: NotFound, NotAllowed, IllegalMove (it is quoted, or has ended).
    """
    held = lock_design(design, by=by)
    if held.state not in EDITABLE:
        raise IllegalMove(CHANGE, {held.pk: held.state}, _frozen(held))
    return held, present_version(held)


def mark_unchecked(design: Design, version: DesignVersion, *, by: Actor) -> None:
    """Set a checked design back to unchecked after its sites or lines changed."""
    version.sized_at = clock.now()
    version.save(update_fields=["sized_at"])
    if design.state == DesignState.CHECKED:
        rows = Design.objects.filter(pk=design.pk)
        perform(UNDO_CHECK, rows, by=by, at=version.sized_at)
    publish_design(design)


def publish_design(design: Design) -> None:
    live_topics.publish(LIST, design.topic)


def constraint_errors() -> dict[str, Conflict | Invalid]:
    return {
        "design_site_named_once": Invalid(name=_("Another site of this design has this name.")),
        "version_is_frozen": Conflict(_("This version is quoted: reopen it to change it.")),
    }


def _frozen(design: Design) -> str:
    if design.state == DesignState.QUOTED:
        return _("This version is quoted: reopen it to change it.")
    return ""


def _checked(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the cleaned column values. Errors: Invalid."""
    said = dict(fields)
    if "title" in said:
        said["title"] = _name(said["title"], field="title")
    if len(said.get("requirements", "")) > LONGEST_TEXT:
        limit = {"limit": LONGEST_TEXT}
        raise Invalid(requirements=_("Give at most %(limit)s characters.") % limit)
    if not 0 <= said.get("probability", 0) <= 100:
        raise Invalid(probability=_("Enter a probability from 0 to 100."))
    wished = said.get("wished_on")
    if wished is not None and not FIRST <= wished <= LAST:
        raise Invalid(wished_on=_("The date is out of range."))
    architect = said.get("architect")
    if architect is not None and architect.left_on is not None:
        raise Invalid(architect=_("This person has left the company."))
    return said


def _name(said: str, *, field: str = "name") -> str:
    found = " ".join(said.split())
    if not found:
        raise Invalid(**{field: _("Enter a name.")})
    if len(found) > 200:
        raise Invalid(**{field: _("Give at most %(limit)s characters.") % {"limit": 200}})
    return found


def _checked_line(
    version: DesignVersion, fields: Mapping[str, Any], *, line: DesignLine | None = None
) -> dict[str, Any]:
    """Return the cleaned column values, of a line to be added or changed. Errors: Invalid."""
    said = dict(fields)
    if not 0 < said.get("quantity", 1) <= LARGEST_QUANTITY:
        raise Invalid(
            quantity=_("Enter a whole number from 1 to %(most)s.") % {"most": LARGEST_QUANTITY}
        )
    site: DesignSite | None = said.get("site")
    if site is not None and site.version_id != version.pk:
        raise Invalid(site=_("This site does not belong to this version."))
    offering: Offering | None = said.get("offering")
    retired = offering.retired_on if offering is not None else None
    if retired is not None and retired <= home_day(clock.now()):
        raise Invalid(offering=_("This offering is no longer sold."))
    if "options" in said:
        before = line.options if line is not None else {}
        about = offering or (line.offering if line is not None else None)
        said["options"], wrong = checked_values(_options(said["options"]), about, before=before)
        if wrong:
            raise Invalid(options=" ".join(wrong))
    return said


def _options(said: Mapping[str, Any]) -> dict[str, str]:
    found = {str(name).strip(): str(value).strip() for name, value in said.items()}
    if any(
        not name or len(name) > 60 or len(value) > LONGEST_OPTION for name, value in found.items()
    ):
        raise Invalid(
            options=_("Enter each option as a name and a short value, such as power_kw: 4.")
        )
    return found


def _behind(rows: Any) -> int:
    return int(rows.aggregate(last=Max("position"))["last"] or 0) + 1


def _next_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('designs_design_number')")
        return int(cursor.fetchone()[0])
