"""The list of calls."""

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from opale.customers.listings.columns import customer_filter
from opale.endpoints.fields import Moment
from opale.kernel.actor import Actor
from opale.kernel.keyset import Order
from opale.listings.declarations import Column, Empty, Group, Listing, New, RowAct
from opale.listings.filters import Choice, Parameter, Span, Words
from opale.run.telephone.actions import missed_calls
from opale.run.telephone.domain.spans import talked
from opale.run.telephone.forms import DismissalForm
from opale.run.telephone.models import Call
from opale.run.telephone.queries import calls
from opale.run.telephone.rights import READ, WORK
from opale.run.telephone.shapes import DirectionName, FollowUpName, StateName
from opale.run.telephone.states import CallState, Direction, FollowUp
from opale.ui.components.badges import face, person, state

TONES = {CallState.MISSED: "bad", CallState.RINGING: "new", CallState.ANSWERED: "active"}
NO_CALL = Empty(
    "phone",
    gettext_lazy("No call matches your filters"),
    gettext_lazy("No calls yet"),
    gettext_lazy("Calls appear here once a phone system is connected."),
)


def _who(call: Call) -> str:
    if call.contact or call.customer:
        return str(call.contact or call.customer)
    return _("Unknown number") if call.number_e164 else _("Hidden number")


def _state(call: Call) -> object:
    shown = call.get_state_display() if call.state in TONES else call.get_direction_display()
    return state(shown, TONES.get(CallState(call.state), "closed"))


def _lasted(call: Call) -> str:
    if call.length is not None:
        return talked(call.length)
    if call.state == CallState.MISSED and call.waited:
        return talked(call.waited)
    return ""


def _reference(call: Any) -> str:
    return f"T-{call.visible_ticket_number}" if call.visible_ticket_number else ""


def _ticket(call: Any) -> object:
    if not call.visible_ticket_number:
        return ""
    url = reverse("desk_ticket", args=[call.visible_ticket_number])
    return format_html('<a class="o-number" href="{}">{}</a>', url, _reference(call))


def _follow_up(call: Call) -> str:
    if call.follow_up == FollowUp.TAKEN and call.followed_by:
        return _("%(name)s is calling back") % {"name": call.followed_by.name}
    if call.follow_up == FollowUp.DISMISSED:
        return str(call.get_dismissal_display())
    return "" if call.follow_up == FollowUp.NONE else str(call.get_follow_up_display())


def _follow_up_cell(call: Call) -> object:
    """Draw who calls back or why nobody has to, else the face of who answered: room is scarce."""
    if call.follow_up in (FollowUp.TAKEN, FollowUp.DISMISSED):
        return _follow_up(call)
    return face(call.agent.name) if call.agent else ""


def _dismissal_form(data: Any = None, *, by: Actor) -> DismissalForm:
    return DismissalForm(data)


CALLS = Listing(
    name="calls",
    title=gettext_lazy("Calls"),
    right=READ,
    url_name="telephone_calls",
    model=Call,
    rows=calls.found_calls,
    named=_who,
    order=Order(("-began_at", "-id")),
    orders={"view=waiting": Order(("began_at", "id"))},  # who waits longest is called back first
    topic="telephone.calls",
    new=New(gettext_lazy("Call sheet"), "telephone_sheet", WORK),
    empty=NO_CALL,
    empties={
        "view=waiting": Empty(
            "circle-check",
            "",
            gettext_lazy("No call-backs to make"),
            gettext_lazy("Missed calls appear here until somebody calls back."),
        ),
        "view=mine": NO_CALL,
    },
    columns=(
        Column(
            "who", gettext_lazy("Contact"), _who, reads=("contact", "customer"), fixed=True,
            style="fill", link=lambda call: reverse("telephone_call", args=[call.pk]),
            link_right=WORK,
        ),
        Column("state", gettext_lazy("State"), "state", cell=_state, group=Group("state")),
        Column(
            "direction", gettext_lazy("Direction"), "direction", shown=False,
            group=Group("direction"),
        ),
        Column(
            "customer", gettext_lazy("Customer"), "customer__name", shown=False,
            group=Group("customer"),
        ),
        Column(
            "number", gettext_lazy("Number"), lambda call: call.shown_number,
            cell=lambda call: format_html('<span class="o-num">{}</span>', call.shown_number)
            if call.shown_number
            else "",
        ),
        Column("line", pgettext_lazy("a telephone", "Line"), "line", shown=False),
        Column("queue", pgettext_lazy("a telephone", "Queue"), "queue", shown=False),
        Column("lasted", gettext_lazy("Duration"), _lasted, shown=False),
        Column(
            "ticket", gettext_lazy("Ticket"), _reference, cell=_ticket,
            loads=calls.with_ticket_numbers,
        ),
        Column(
            "follow_up", gettext_lazy("Follow-up"), _follow_up, cell=_follow_up_cell,
            reads=("followed_by", "agent"),
        ),
        Column(
            "agent", gettext_lazy("Agent"), "agent__name",
            cell=lambda call: person(call.agent.name) if call.agent else "", shown=False,
            group=Group("agent", person=True),
        ),
        Column(
            "began", pgettext_lazy("a call", "Started"), "began_at", order=True,
            group=Group("began_at", month=True),
        ),
    ),
    filters=(
        Words(label=gettext_lazy("Number, contact or customer")),
        Choice(
            "view", gettext_lazy("Calls"),
            (
                ("waiting", gettext_lazy("To call back")),
                ("mine", gettext_lazy("My calls")),
                ("all", gettext_lazy("All calls")),
            ),
            argument="view", api="", default="waiting", every="all", tabs=True,
        ),
        Choice(
            "direction", gettext_lazy("Direction"), Direction, argument="direction",
            api_type=DirectionName | None,
        ),
        Choice(
            "state", gettext_lazy("State"), CallState, argument="state", menu=True,
            api_type=StateName | None,
        ),
        Choice(
            "follow_up", gettext_lazy("Follow-up"), FollowUp, argument="follow_up", menu=True,
            api_type=FollowUpName | None,
        ),
        customer_filter(argument="customer_id"),
        Span("began", pgettext_lazy("a call", "Started"), lookup="began_at", moment=True),
        Parameter("since", argument="since", api_type=Moment | None),
    ),
    acts=(
        RowAct(
            "dismiss", gettext_lazy("Dismiss"), WORK, icon="phone-off", form=_dismissal_form,
            run=lambda row, by, why: missed_calls.dismiss_call(row, why, by=by),
        ),
    ),
    line_acts=lambda call, _actor: ("call_back",) if call.follow_up == FollowUp.OPEN else (),
)  # fmt: skip
