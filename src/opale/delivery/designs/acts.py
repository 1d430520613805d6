"""Acts of designs: drawn up, sized, checked, reserved, quoted, ended and ordered."""

import json
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.timezone import localtime
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import Place, Subject, button, change, create, form, place, remove
from opale.delivery.designs.actions import designs, documents, lifecycle, orders, reservations
from opale.delivery.designs.actions.reservations import HELD_FOR
from opale.delivery.designs.forms import (
    DesignForm,
    FileForm,
    HoldForm,
    LineForm,
    NewDesignForm,
    NewSiteForm,
    NoteForm,
    ReserveForm,
    SiteForm,
    WhyForm,
    WithdrawalForm,
)
from opale.delivery.designs.models import (
    Design,
    DesignCheck,
    DesignDocument,
    DesignLine,
    DesignSite,
)
from opale.delivery.designs.queries import designs as design_queries
from opale.delivery.designs.queries import staleness
from opale.delivery.designs.rights import WORK
from opale.delivery.designs.shapes import (
    DesignCheckOut,
    DesignLineOut,
    DesignOrderOut,
    DesignOut,
    DesignReservationOut,
    DesignSiteOut,
    DesignVersionOut,
)
from opale.delivery.designs.states import (
    DECLINE,
    EDITABLE,
    HOLDING,
    OPEN,
    QUOTE,
    REOPEN,
    WITHDRAW,
    DesignState,
)
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.reservations.models import Reservation
from opale.ui.toasts import Tone


def place_of_design(design: Design) -> Place:
    return reverse("designs_show", args=[design.number]), design.reference


def place_of_check(design: Design) -> Place:
    return reverse("designs_check", args=[design.number]), design.reference


def get_site(site_id: int, *, seen_by: Actor, design: Design) -> DesignSite:
    version = design_queries.version_of(design, seen_by=seen_by)
    return design_queries.get_site(version, site_id, seen_by=seen_by)


def get_line(line_id: int, *, seen_by: Actor, design: Design) -> DesignLine:
    version = design_queries.version_of(design, seen_by=seen_by)
    return design_queries.get_line(version, line_id, seen_by=seen_by)


def lines(*, seen_by: Actor, design: Design) -> QuerySet[DesignLine]:
    return design_queries.lines(design_queries.version_of(design, seen_by=seen_by), seen_by=seen_by)


def get_document(document_id: int, *, seen_by: Actor, design: Design) -> DesignDocument:
    return design_queries.get_document(design, document_id, seen_by=seen_by)


def typed_options(line: DesignLine, _by: Actor) -> dict[str, Any]:
    return {"options": line.options}


def usual_hold(design: Design, _by: Actor) -> dict[str, Any]:
    """Return the design's probability and the day until which a reservation is usually held."""
    until = localtime(clock.now() + HELD_FOR).date()
    return {"probability": design.probability, "until": until}


def checked(design: Design, found: DesignCheck) -> DesignCheckOut:
    """Return a check, with what is another since."""
    stale = staleness.stale_because(design, found.version, found, at=clock.now())
    return DesignCheckOut.of(found, stale)


def check(design: Design, *, by: Actor) -> DesignCheckOut:
    """Against stock and people's load as they are now; a feasible draft is checked by it."""
    return checked(design, lifecycle.check_design(design, by=by))


def held_for(design: Design, *, seen_by: Actor) -> Reservation:
    """Return the last reservation of the present version. Errors: NotFound."""
    version = design_queries.version_of(design, seen_by=seen_by)
    found = design_queries.reservation_of(version, seen_by=seen_by)
    if found is None:
        raise NotFound
    return found


def extend(design: Design, *, by: Actor, **fields: Any) -> Reservation:
    """Two weeks more, from now on."""
    reservations.extend_design(design, by=by, **fields)
    return held_for(design, seen_by=by)


def check_result(_design: Design, found: DesignCheckOut) -> str | tuple[str, Tone]:
    """Return the day by which the design can be done, or that it is not feasible."""
    if found.feasible and found.earliest_on is not None:
        day = date_format(found.earliest_on, "DATE_FORMAT")
        return gettext("Feasible: %(day)s at the earliest.") % {"day": day}
    return gettext("Not feasible as it is: see what is missing."), "bad"


def order_made(_design: Design, done: orders.OrderResult) -> str | tuple[str, Tone]:
    """Return which order was made, and what of its reservations is not as before."""
    if done.unreserved:
        sentence = gettext(
            "Order %(order)s created. Not reserved: %(what)s The lead of the project managers has "
            "been notified."
        )
        what = " ".join(one.sentence for one in done.unreserved)
        return sentence % {"order": done.order.reference, "what": what}, "note"
    if done.anew:
        sentence = gettext(
            "Order %(order)s created. The reservation had expired; everything was still free and "
            "is reserved for the order."
        )
    else:
        sentence = gettext("Order %(order)s created, with everything reserved for it.")
    return sentence % {"order": done.order.reference}


def restoration_of(line: DesignLine, _made: object) -> str:
    """Return the address that puts a removed line back."""
    was = {
        "offering": line.offering_id,
        "site": line.site_id or "",
        "quantity": line.quantity,
        "options": json.dumps(line.options),
    }
    return f"{reverse('designs_line_restore', args=[line.version.design.number])}?{urlencode(was)}"


DESIGNS: Subject[Design] = Subject(
    name="designs", page="designs/", endpoint="/designs",
    home=place("designs_list", _("Designs")),
)  # fmt: skip
DESIGN = Subject(
    name="design", model=Design, get=design_queries.get_design, rows=design_queries.designs,
    column="number",
    shape=DesignOut, page="designs/<int:design_number>/", endpoint="/designs/{int:design_number}",
    home=place_of_design,
)  # fmt: skip
SITE = Subject(
    name="site", model=DesignSite, get=get_site, within=DESIGN, above="version.design",
    page="sites/<int:design_site_id>/",
    endpoint="/designs/{int:design_number}/sites/{int:design_site_id}",
    home=lambda site: place_of_design(site.version.design),
)  # fmt: skip
LINE = Subject(
    name="line", model=DesignLine, get=get_line, rows=lines, shape=DesignLineOut, within=DESIGN,
    above="version.design", page="lines/<int:design_line_id>/",
    endpoint="/designs/{int:design_number}/lines/{int:design_line_id}",
    home=lambda line: place_of_design(line.version.design),
)  # fmt: skip
DOCUMENT = Subject(
    name="document", model=DesignDocument, get=get_document, within=DESIGN,
    page="documents/<int:design_document_id>/", home=lambda file: place_of_design(file.design),
)  # fmt: skip

ACTS = (
    create(
        DESIGNS, designs.create_design, "create_design", WORK, NewDesignForm, made=DESIGN, noun="",
        title=_("New design"), submit=_("Create design"), icon="plus", key="c", tone="primary",
        said=_("Design created. Add its sites and lines."),
        text="A draft, without sites and lines yet.",
    ),
    change(
        DESIGN, designs.edit_design, "edit_design", WORK, DesignForm, states=OPEN,
        title=_("Edit design"), submit=_("Save"), label=_("Edit"), icon="edit", key="e",
        said=_("Design saved."),
    ),
    create(
        DESIGN, designs.add_site, "add_design_site", WORK, NewSiteForm, made=DesignSiteOut,
        noun="sites", states=EDITABLE, title=_("Add site"), submit=_("Add"), icon="plus",
        key="s", said=_("Site added."),
        text="A further site of the present version, which is unchecked by it.",
    ),
    change(
        SITE, designs.edit_site, "edit_design_site", WORK, SiteForm, noun=None, page="",
        title=_("Edit site"), said=_("Site saved."), beside=("remove_design_site",),
    ),
    remove(
        SITE, designs.remove_site, "remove_design_site", WORK, page="removal",
        label=_("Remove site"), tone="danger", undo="site_restore",
        said=_("Site and its lines removed."), text="With its lines.",
    ),
    create(
        DESIGN, designs.add_line, "add_design_line", WORK, LineForm, made=DesignLineOut,
        noun="lines", states=EDITABLE, title=_("Add line"), submit=_("Add"), icon="plus",
        label=pgettext_lazy("a design", "Line"), said=_("Line added."),
    ),
    change(
        LINE, designs.edit_line, "edit_design_line", WORK, LineForm, page="", initial=typed_options,
        title=_("Edit line"), said=_("Line saved."), beside=("remove_design_line",),
    ),
    remove(
        LINE, designs.remove_line, "remove_design_line", WORK, page="removal",
        label=_("Remove line"), tone="danger", undo=restoration_of,
        said=_("Line removed."),
    ),
    button(
        DESIGN, check, "check_design", WORK, noun="check", page="checking",
        url="check_feasibility", made=DesignCheckOut,
        states=EDITABLE | {DesignState.QUOTED}, home=place_of_check, label=_("Check"),
        icon="checks", key="k", said=check_result,
    ),
    button(
        DESIGN, lifecycle.quote_design, "quote_design", WORK, move=QUOTE, noun="quote",
        page="quoting", icon="send", tone="primary", label=_("Quote"),
        said=_("Version quoted and frozen."),
        text="Refused (409) while it is unchecked, or what the check looked at is another since.",
    ),
    form(
        DESIGN, reservations.reserve_design, "reserve_design", WORK, ReserveForm, noun=None,
        page="reservation", states=HOLDING, initial=usual_hold,
        title=_("Reserve tentatively"), submit=_("Reserve"),
        label=_("Reserve tentatively"), icon="calendar-check", key="r",
        said=_("People and stock reserved."),
    ),
    form(
        DESIGN, reservations.reserve_design, "hold_for_design", WORK, HoldForm,
        noun="reservation", page=None, made=DesignReservationOut,
        text="Hold what the check found, all of it or nothing (409).",
    ),
    form(
        DESIGN, extend, "extend_design_hold", WORK, HoldForm, noun="reservation/extension",
        page=None, gives=DesignReservationOut,
    ),
    button(
        DESIGN, reservations.extend_design, "extend_reservation", WORK, noun=None,
        page="reservation/extension", states=HOLDING, label=_("Extend by two weeks"),
        said=lambda _design, until: gettext("Reserved until %(day)s.")
        % {"day": date_format(localtime(until), "DATE_FORMAT")},
    ),
    remove(
        DESIGN, reservations.release_design, "release_design_hold", WORK, noun="reservation",
        page="reservation/release", states=HOLDING, label=_("Release"),
        said=_("Reservations released."),
    ),
    form(
        DESIGN, lifecycle.decline_design, "decline_design", WORK, WhyForm, move=DECLINE,
        noun="decline", page="declining", title=_("Customer declined"),
        submit=_("Mark as declined"), label=_("Customer declined"),
        said=_("Design declined, reservations released."),
    ),
    form(
        DESIGN, lifecycle.withdraw_design, "withdraw_design", WORK, WithdrawalForm, move=WITHDRAW,
        noun="withdrawal", title=_("Withdraw design"), submit=_("Withdraw"),
        label=_("Withdraw design"),
        said=_("Design withdrawn, reservations released."),
    ),
    form(
        DESIGN, lifecycle.reopen_design, "reopen_design", WORK, NoteForm, move=REOPEN,
        noun="versions", page="reopening", made=DesignVersionOut,
        title=_("Reopen as new version"), submit=_("Reopen"), label=_("Reopen as new version"),
        said=_("New version created as a copy of the last one."),
        text="The next version, a copy of the present one.",
    ),
    button(
        DESIGN, orders.order_design, "order_design", WORK, noun="order", gives=DesignOrderOut,
        states={DesignState.QUOTED}, label=_("Create order"), icon="file-text", tone="primary",
        said=order_made,
        text="The order of it, made once: asked again, the same one is answered.",
    ),
    form(
        DESIGN, documents.attach_document, "attach_document", WORK, FileForm, noun=None,
        page="documents/new", title=_("Attach document"), submit=_("Attach"),
        label=_("Attach document"), icon="paperclip", said=_("Document attached."),
    ),
    button(
        DOCUMENT, documents.remove_document, "remove_document", WORK, noun=None, page="removal",
        label=_("Remove"), said=_("Document removed."),
    ),
)  # fmt: skip
