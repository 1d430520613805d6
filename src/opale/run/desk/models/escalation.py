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

    SKILL = "skill", _("It needs deeper knowledge")
    ACCESS = "access", _("It needs access that we have not")
    HANDS = "hands", _("Somebody must go there")
    SUPPLIER = "supplier", _("The fault is at the supplier's")
    CAPACITY = "capacity", _("We have nobody free in time")
    NO_PROGRESS = "no_progress", _("We make no progress")
    CATALOGUE = "catalogue", _("The request catalogue gives it to this team")
    TRIAGE = "triage", _("Triage gives it to this team")


SELECTABLE_REASONS = tuple(
    (reason.value, reason.label)
    for reason in AskReason
    if reason not in (AskReason.CATALOGUE, AskReason.TRIAGE)
)
"""The reasons that a person can choose; the others are set by Opale itself."""


class ReturnReason(models.TextChoices):
    """Why the work comes back undone."""

    NOT_OURS = "not_ours", _("Not for this team")
    INFORMATION = "information", _("Something must be known first")
    NOT_SEEN = "not_seen", _("The fault cannot be seen")
    DEEPER = "deeper", _("It needs deeper knowledge than ours")
    ELSEWHERE = "elsewhere", _("The cause lies elsewhere")
    CAPACITY = "capacity", _("Nobody is free in time")


class Outcome(models.TextChoices):
    """How the work ended."""

    FIXED = "fixed", _("Repaired")
    WORKAROUND = "workaround", _("Works again by a workaround")
    REPLACED = "replaced", _("Replaced")
    ANSWERED = "answered", _("Question answered")
    NOTHING_FOUND = "nothing_found", _("Nothing was found")


CHECKS: dict[str, str | Promise] = {
    "alerts": _("Looked at the alerts and graphs"),
    "planned_work": _("Looked for planned work"),
    "recent_changes": _("Looked for recent changes"),
    "similar": _("Looked for similar tickets"),
    "customer_power": _("Had the customer check power and cables"),
    "ping": _("Pinged it"),
    "trace": _("Traced the route"),
    "interface": _("Looked at the interface: state, errors, light levels"),
    "routing": _("Looked at routing and neighbours"),
    "loop": _("Made a loop test"),
    "bounce": _("Took the port down and up"),
    "restart": _("Restarted it"),
    "console": _("Reached it by console"),
    "logs": _("Read the logs"),
    "service_restart": _("Restarted the service"),
    "disk": _("Looked at disk, memory and load"),
    "backup": _("Looked at the last backup"),
    "login": _("Tried to log in"),
    "dns": _("Resolved the names"),
    "feed": _("Looked at both power feeds"),
    "temperature": _("Looked at the temperatures"),
    "badge": _("Checked badge and access list"),
    "remote_hands": _("Had somebody look at it on site"),
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
