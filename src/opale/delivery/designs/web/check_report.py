"""The report of a check and a reservation, in the reader's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from opale.customers.queries.plan_tables import offering_name
from opale.delivery.designs.domain.go_live_forecast import LEAST_SAMPLES
from opale.delivery.designs.models import DesignCheck, DesignVersion, Hold
from opale.delivery.designs.queries.check_report import localised_name
from opale.delivery.projects.models import Party
from opale.infrastructure.domain.units import unit_label
from opale.organisation.models import Team
from opale.reservations.queries.unit_names import unit_ranges

ReportText = Mapping[str, Any]
PARTIES: Final = (Party.CARRIER, Party.CUSTOMER, Party.US, Party.STOCK)


@dataclass(frozen=True, slots=True)
class Package:
    name: str
    line: str
    site: str
    party: str
    person: str
    hours: float
    starts: date
    ends: date


@dataclass(frozen=True, slots=True)
class Stock:
    name: str
    line: str
    site: str
    quantity: str
    unit: str
    pool: str
    left: str
    capacity: str
    since: date | None


@dataclass(frozen=True, slots=True)
class Measured:
    party: str
    count: int
    late: int
    most: int
    assumed: bool


@dataclass(frozen=True, slots=True)
class ReservedText:
    name: str
    about: str
    quantity: Decimal | None
    unit: str
    since: date
    last: date | None


def packages(found: DesignCheck, version: DesignVersion) -> list[Package]:
    about = _about(version)
    return [
        Package(
            _name(one),
            about.get(one["line"], ""),
            one["site"],
            one["party"],
            one.get("person", ""),
            one["hours"],
            date.fromisoformat(one["starts"]),
            date.fromisoformat(one["ends"]),
        )
        for one in found.result["packages"]
    ]


def needs(found: DesignCheck, version: DesignVersion) -> list[Stock]:
    about = _about(version)
    return [
        Stock(
            _name(one),
            about.get(one["line"], ""),
            one["site"],
            one["quantity"],
            unit_label(one["unit"]),
            one["pool"],
            one["left"],
            one["capacity"],
            date.fromisoformat(one["since"]) if one["since"] else None,
        )
        for one in found.result["needs"]
    ]


def measured(found: DesignCheck) -> list[Measured]:
    known: Mapping[str, ReportText] = found.result.get("measured", {})
    return [
        Measured(str(party.label), said["count"], said["late"], said["most"], said["assumed"])
        for party in PARTIES
        if (said := known.get(party.value))
    ]


def missing(found: DesignCheck, version: DesignVersion) -> list[str]:
    """Return what is missing altogether: what, where, and what holds it."""
    about = _about(version)
    return [
        _nobody(one, about) if one["what"] == "people" else _no_stock(one, about)
        for one in found.result["missing"]
    ]


def later(found: DesignCheck, version: DesignVersion) -> list[str]:
    """Return what is only available on a later day."""
    about = _about(version)
    return [
        _("%(what)s for %(line)s: %(pool)s has %(left)s %(unit)s left until %(day)s.%(why)s")
        % _words(one, about)
        for one in found.result["later"]
    ]


def chance(found: DesignCheck) -> str:
    """Return how likely the wished day is, in words."""
    if found.wished_on is None or found.wished_share is None:
        return ""
    return _("Probability of meeting %(day)s: %(share)s %%.") % {
        # No simulation proves that a date is certain.
        "share": "> 99" if found.wished_share == 100 else found.wished_share,
        "day": date_format(found.wished_on, "DATE_FORMAT"),
    }


def provisional(found: DesignCheck) -> str:
    """Return which delays are assumed, in words; nothing where enough of each party were
    measured."""
    assumed: Mapping[str, Sequence[int]] = found.result.get("assumed", {})
    if not assumed:
        return ""
    said = (
        f"{Party(party).label} {' / '.join(map(str, delays))}" for party, delays in assumed.items()
    )
    return _(
        "Provisional: fewer than %(least)s delays are measured. Assumed, in working days, each "
        "equally likely: %(delays)s."
    ) % {"least": LEAST_SAMPLES, "delays": "; ".join(said)}


def reservation_texts(holds: Sequence[Hold]) -> list[ReservedText]:
    """Return the texts of a reservation, with the units of one item together."""
    found: list[ReservedText] = []
    named: dict[tuple[int, str, date], list[Hold]] = {}
    for one in holds:
        if one.item is not None:
            named.setdefault((one.line_id, one.need, one.since), []).append(one)
            continue
        thing = one.person or one.pool
        unit = one.pool.get_unit_display() if one.pool else pgettext("hours of each day", "h a day")
        last = date.fromordinal(one.until.toordinal() - 1) if one.until else None
        found.append(
            ReservedText(str(thing), _about_line(one), one.quantity, unit, one.since, last)
        )
    for group in named.values():
        units = ", ".join(unit_ranges(one.unit for one in group))
        name = f"{group[0].item} {units}"
        found.append(ReservedText(name, _about_line(group[0]), None, "", group[0].since, None))
    return found


def _about_line(one: Hold) -> str:
    about = offering_name(one.line.offering)
    return f"{about} · {one.line.site.name}" if one.line.site is not None else about


def _name(one: ReportText) -> str:
    return localised_name(one, get_language() or "en")


def _about(version: DesignVersion) -> dict[int, str]:
    return {line.pk: offering_name(line.offering) for line in version.lines.all()}


def _words(one: ReportText, about: Mapping[int, str]) -> dict[str, str]:
    line = about.get(one["line"], "")
    site = f" ({one['site']})" if one["site"] else ""
    why = ""
    if one["holders"]:
        why = " " + _("Reserved for: %(purposes)s.") % {"purposes": "; ".join(one["holders"])}
    until = one.get("until")
    return {
        "what": f"{one['quantity']} {unit_label(one['unit'])} ({_name(one)})",
        "line": f"{line}{site}",
        "pool": one["pool"],
        "left": one["left"],
        "unit": unit_label(one["unit"]),
        "short": one["short"],
        "day": date_format(date.fromisoformat(until), "DATE_FORMAT") if until else "",
        "why": why,
    }


def _no_stock(one: ReportText, about: Mapping[int, str]) -> str:
    words = _words(one, about)
    if not one["pool"]:
        return _("%(what)s for %(line)s: no pool in %(unit)s there.") % words
    return (
        _(
            "%(what)s for %(line)s: %(pool)s has %(left)s %(unit)s left, %(short)s short, with no "
            "end date.%(why)s"
        )
        % words
    )


def _nobody(one: ReportText, about: Mapping[int, str]) -> str:
    site = f" ({one['site']})" if one["site"] else ""
    words = {
        "name": _name(one),
        "line": f"{about.get(one['line'], '')}{site}",
        "hours": f"{one['hours']:g}",
        "team": str(Team.Kind(one["role"]).label) if one["role"] in Team.Kind.values else "",
        "skill": one["skill"],
        "level": one["level"],
    }
    if one["skill"]:
        return (
            _(
                "%(name)s for %(line)s: nobody of %(team)s with %(skill)s at level %(level)s has"
                " %(hours)s h within the next 14 months."
            )
            % words
        )
    return (
        _("%(name)s for %(line)s: nobody of %(team)s has %(hours)s h within the next 14 months.")
        % words
    )
