"""Codes of escalation and their words: reasons to ask, checks done, reasons to return, outcomes.

Codes are stored; their words come from here, in the reader's language. The checklist is what to try
before asking another level, by the kind of service and of item.
Source: docs/rules/ownership.md, "Owner is not resolver".
"""

from collections.abc import Iterable

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opale.customers.models import Family
from opale.infrastructure.models import ConfigurationItem

Item = ConfigurationItem.Kind


class AskReason(models.TextChoices):
    """Why others are asked."""

    SKILL = "skill", _("Deeper expertise needed")
    ACCESS = "access", _("Access needed that the desk does not have")
    HANDS = "hands", _("On-site work needed")
    SUPPLIER = "supplier", _("Fault at the supplier")
    CAPACITY = "capacity", _("No one available in time")
    NO_PROGRESS = "no_progress", _("No progress")
    CATALOGUE = "catalogue", _("Assigned by the request catalogue")
    TRIAGE = "triage", _("Assigned at triage")


SELECTABLE_REASONS = tuple(
    (reason.value, reason.label)
    for reason in AskReason
    if reason not in (AskReason.CATALOGUE, AskReason.TRIAGE)
)
"""The reasons that a person can choose; the others are set by Opale itself."""


class ReturnReason(models.TextChoices):
    """Why the work comes back undone."""

    NOT_OURS = "not_ours", _("Not for this team")
    INFORMATION = "information", _("More information needed")
    NOT_SEEN = "not_seen", _("Fault not reproducible")
    DEEPER = "deeper", _("Deeper expertise needed")
    ELSEWHERE = "elsewhere", _("Cause lies elsewhere")
    CAPACITY = "capacity", _("No one available in time")


class Outcome(models.TextChoices):
    """How the work ended."""

    FIXED = "fixed", _("Repaired")
    WORKAROUND = "workaround", _("Workaround in place")
    REPLACED = "replaced", _("Replaced")
    ANSWERED = "answered", _("Question answered")
    NOTHING_FOUND = "nothing_found", _("No fault found")


CHECKS: dict[str, str | Promise] = {
    "alerts": _("Checked alerts and graphs"),
    "planned_work": _("Checked planned work"),
    "recent_changes": _("Checked recent changes"),
    "similar": _("Checked similar tickets"),
    "customer_power": _("Customer checked power and cables"),
    "ping": _("Ping"),
    "trace": _("Traceroute"),
    "interface": _("Checked interface: state, errors, light levels"),
    "routing": _("Checked routing and neighbours"),
    "loop": _("Loop test"),
    "bounce": _("Reset the port"),
    "restart": _("Restarted the device"),
    "console": _("Connected by console"),
    "logs": _("Checked logs"),
    "service_restart": _("Restarted the service"),
    "disk": _("Checked disk, memory and load"),
    "backup": _("Checked the last backup"),
    "login": _("Tested login"),
    "dns": _("Tested DNS resolution"),
    "feed": _("Checked both power feeds"),
    "temperature": _("Checked temperatures"),
    "badge": _("Checked badge and access list"),
    "remote_hands": _("On-site check"),
}
"""Every code with its meaning, which never changes."""

COMMON_CHECKS = ("alerts", "planned_work", "similar")
CHECKS_BY_FAMILY: dict[str, tuple[str, ...]] = {
    Family.COLOCATION: ("feed", "temperature", "badge", "remote_hands"),
    Family.CONNECTIVITY: ("customer_power", "ping", "trace", "interface", "bounce"),
    Family.VPN: ("customer_power", "ping", "trace", "interface", "routing"),
    Family.MANAGED_HOSTING: ("ping", "login", "logs", "disk", "service_restart"),
}
CHECKS_BY_ITEM: dict[str, tuple[str, ...]] = {
    Item.ROUTER: ("ping", "interface", "routing", "console", "restart"),
    Item.SWITCH: ("ping", "interface", "console", "restart"),
    Item.FIREWALL: ("ping", "interface", "logs", "recent_changes"),
    Item.LINK: ("interface", "loop", "bounce"),
    Item.CIRCUIT: ("customer_power", "interface", "loop"),
    Item.HOST: ("ping", "login", "logs", "disk", "restart"),
    Item.VIRTUAL_MACHINE: ("ping", "login", "logs", "disk", "restart"),
    Item.STORAGE: ("logs", "disk", "recent_changes"),
    Item.RACK: ("feed", "temperature", "remote_hands"),
    Item.POWER_FEED: ("feed", "remote_hands"),
    Item.COOLING: ("temperature", "remote_hands"),
    Item.APPLICATION: ("login", "logs", "service_restart", "recent_changes"),
    Item.CORE_SYSTEM: ("ping", "dns", "logs", "service_restart", "recent_changes"),
}


def checklist(family: str, item_kind: str) -> list[tuple[str, str]]:
    """Return the checks worth trying for a service of this family on an item of this kind: code and
    words."""
    codes = (*CHECKS_BY_ITEM.get(item_kind, ()), *CHECKS_BY_FAMILY.get(family, ()), *COMMON_CHECKS)
    return describe_checks(dict.fromkeys(codes))


def describe_checks(codes: Iterable[str]) -> list[tuple[str, str]]:
    """Return stored codes with their words; an unknown one is shown as it is."""
    return [(code, str(CHECKS.get(code, code))) for code in codes]
