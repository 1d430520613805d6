"""Acts of contact methods and quiet hours, and of SMS and voice gateways."""

from dataclasses import replace
from datetime import time
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import Subject, button, change, create, form, place, remove
from opale.kernel.actor import Actor
from opale.run.paging.actions import contacts, gateways
from opale.run.paging.forms.contacts import (
    CodeForm,
    DelayForm,
    GatewayChangeForm,
    GatewayForm,
    KnownGatewayForm,
    MethodForm,
    QuietForm,
)
from opale.run.paging.models import ContactMethod, Gateway
from opale.run.paging.queries import contacts as contact_queries
from opale.run.paging.rights import EDIT, OWN
from opale.run.paging.shapes import ContactOut, GatewayOut, QuietHoursOut


def kept_hours(_none: object, by: Actor) -> dict[str, Any]:
    found = contact_queries.own_quiet_hours(seen_by=by)
    return {"since": found.since, "until": found.until} if found else {}


def keep_quiet(*, by: Actor, since: time | None, until: time | None) -> QuietHoursOut:
    """In which only what is urgent pages."""
    contacts.set_quiet_hours(since, until, by=by)
    return QuietHoursOut.of(contact_queries.own_quiet_hours(seen_by=by))


METHODS: Subject[ContactMethod] = Subject(
    name="methods", page="paging/contacts/", endpoint="/paging/contacts",
    home=place("paging_contacts", _("My contact methods")),
)  # fmt: skip
QUIET_HOURS = replace(METHODS, name="quiet_hours", endpoint="/paging/quiet-hours")
METHOD = Subject(
    name="method", model=ContactMethod, get=contact_queries.get_method,
    rows=contact_queries.own_methods, shape=ContactOut, page="paging/contacts/<int:method_id>/",
    endpoint="/paging/contacts/{int:method_id}", home=METHODS.home,
)  # fmt: skip
GATEWAYS: Subject[Gateway] = Subject(
    name="gateways", page="paging/gateways/", endpoint="/paging/gateways",
    home=place("paging_gateways", _("SMS and voice providers")),
)  # fmt: skip
GATEWAY = Subject(
    name="gateway", model=Gateway, get=contact_queries.get_gateway,
    rows=contact_queries.all_gateways, shape=GatewayOut, page="paging/gateways/<int:gateway_id>/",
    endpoint="/paging/gateways/{int:gateway_id}", home=GATEWAYS.home,
)  # fmt: skip

ACTS = (
    create(
        METHODS, contacts.add_method, "add_contact", OWN, MethodForm, made=ContactOut, noun="",
        names={"after": "after_minutes"}, title=_("New contact method"), submit=_("Send code"),
        label=_("Add contact method"), icon="plus", key="c", tone="primary",
        success_url=lambda _none, made: reverse("paging_verify_contact", args=[made.pk]),
        text="A code goes to the `address`, with which it is verified.",
    ),
    change(
        METHOD, contacts.edit_method, "edit_contact_method", OWN, DelayForm, page=None,
        names={"after": "after_minutes"},
    ),
    button(
        METHOD, contacts.send_code, "send_code", OWN, noun="code", page="code/new", status=202,
        label=_("Send a new code"), tone="ghost", said=_("New code sent."),
        home=lambda row: (reverse("paging_verify_contact", args=[row.pk]), row.label),
        text="Another code, at most one a minute.",
    ),
    form(
        METHOD, contacts.verify_method, "verify_contact", OWN, CodeForm, noun="verification",
        page="code", title="%(name)s", submit=_("Verify"), label=_("Enter code"),
        said=_("Contact method verified. You will be paged there."),
        text="From now on pages go there.",
    ),
    button(
        METHOD, contacts.send_test, "try_contact", OWN, noun="test", page="trial", status=202,
        label=_("Send a test"), tone="ghost", said=_("A test is on its way."),
        text="Send a test; the answer stands on the contact soon after.",
    ),
    remove(
        METHOD, contacts.remove_method, "remove_contact", OWN, page="removal", label=_("Remove"),
        tone="ghost", said=_("Contact method removed."),
    ),
    form(
        QUIET_HOURS, keep_quiet, "keep_quiet", OWN, QuietForm, noun="", page="quiet", verb="PUT",
        url="set_quiet_hours", gives=QuietHoursOut, initial=kept_hours,
        title=_("Quiet hours"), submit=_("Save"), said=_("Quiet hours saved."),
    ),
    create(
        GATEWAYS, gateways.create_gateway, "create_gateway", EDIT, GatewayForm, made=GatewayOut,
        noun="", title=_("New SMS or voice provider"), submit=_("Create"), icon="plus", key="c",
        tone="primary",
    ),
    change(
        GATEWAY, gateways.edit_gateway, "edit_gateway", EDIT, KnownGatewayForm,
        body=GatewayChangeForm, page="", optional={"name", "is_on"},
        initial=lambda _row, _by: {"template": ""}, title="%(name)s", submit=_("Save"),
        text="Switched off, nobody is paged by it; its contacts stay.",
    ),
    button(
        GATEWAY, gateways.switch_gateway, "switch_gateway", EDIT, noun=None, page="switch",
        tone="ghost",
        said=lambda _row, is_on: gettext("Provider enabled.")
        if is_on
        else gettext("Provider disabled."),
    ),
    remove(
        GATEWAY, gateways.delete_gateway, "delete_gateway", EDIT, page="removal",
        label=_("Delete"), tone="ghost", said=_("Provider deleted."),
        text="One by which nobody is reached.",
    ),
)  # fmt: skip
