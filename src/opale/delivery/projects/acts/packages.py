"""Acts of work packages: move, change, record a carrier's promise, reserve and request."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import button, change, form, moves
from opale.delivery.projects.actions import packages, reservations, resource_requests, slippage
from opale.delivery.projects.acts.subjects import PACKAGE, place_of_promises
from opale.delivery.projects.forms import PackageChangeForm, PromiseForm, SlipForm
from opale.delivery.projects.models import Party, WorkPackage
from opale.delivery.projects.queries import packages as package_queries
from opale.delivery.projects.rights import CONTRIBUTE, WORK
from opale.delivery.projects.shapes import CarrierPromiseOut, SlipOut
from opale.delivery.projects.states import AHEAD, MOVES_OF_PACKAGES
from opale.kernel.actor import Actor
from opale.ui.toasts import Tone


def what_it_waits_for(package: WorkPackage, by: Actor) -> dict[str, Any]:
    links = package_queries.waits_of([package], seen_by=by).get(package.pk, [])
    return {
        "after": [link.before_id for link in links],
        "lag": max((link.lag for link in links), default=0),
    }


def new_state(package: WorkPackage, lost: str) -> str | tuple[str, Tone]:
    """Return the new state, and why a reservation was not restored."""
    package.refresh_from_db()
    named = {"name": package.title, "state": package.get_state_display().lower(), "why": lost}
    if lost:
        sentence = gettext("“%(name)s”: %(state)s. Its hours could not be reserved again. %(why)s")
        return sentence % named, "note"
    return gettext("“%(name)s”: %(state)s.") % named


ACTS = (
    change(
        PACKAGE, packages.edit_package, "edit_package", WORK, PackageChangeForm, noun=None, page="",
        initial=what_it_waits_for, assumed={"cause": Party.US, "note": "–"},
        title=_("Edit task"), submit=_("Save"),
        said=_("Task saved, schedule updated."),
    ),
    moves(
        PACKAGE, packages.move_package, "move_package", CONTRIBUTE, noun=None, page="moves",
        choice="package_move", among=MOVES_OF_PACKAGES, url="package_move", said=new_state,
    ),
    form(
        PACKAGE, slippage.record_carrier_promise, "create_carrier_promise", WORK, PromiseForm,
        noun="carrier-promises", page="carrier", made=CarrierPromiseOut, states=AHEAD,
        initial=lambda package, _by: {"promised_on": package.promised_on},
        title=_("Carrier date: %(name)s"), submit=_("Save"),
        label=_("Set carrier date"),
        said=_("Carrier date saved, schedule updated."),
        text="A later day than what the customer was promised is a slip of the carrier.",
    ),
    button(
        PACKAGE, reservations.reserve_hours, "reserve_hours", WORK, noun="hours", states=AHEAD,
        label=_("Reserve hours"), said=_("Hours reserved on the planned days."),
        text="Hold the hours of its person on the planned days; 409 where there are not so many"
        " left.",
    ),
    button(
        PACKAGE, resource_requests.request_person, "ask_for_somebody", WORK, noun=None,
        page="asking",
        states=AHEAD, label=_("Request an expert"),
        said=_("Request sent to the team lead."),
        success_url=lambda _package, made: reverse("resources_show", args=[made.pk]),
    ),
    form(
        PACKAGE, slippage.explain_slip, "create_slip", WORK, SlipForm, noun="slips", page="slip",
        made=SlipOut, home=lambda package: place_of_promises(package.project),
        initial=lambda package, _by: {"cause": package.party}, title=_("Cause of slip: %(name)s"),
        submit=_("Save"), label=_("Add cause"), previews=False,
        said=_("Cause of slip saved."),
        text="Say why it ends later than the customer was promised.",
    ),
)  # fmt: skip
