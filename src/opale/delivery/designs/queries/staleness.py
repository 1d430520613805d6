"""Comparison of the inputs of a check with their present values.

Source: docs/rules/designs.md, "Out of date".
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any, Final

import msgspec
from django.utils.translation import gettext as _

from opale.delivery.designs.models import Design, DesignCheck, DesignVersion
from opale.delivery.designs.queries.capacity import stocks
from opale.delivery.designs.queries.designs import own_reservations
from opale.delivery.designs.queries.experts import digest_of
from opale.delivery.designs.queries.sizing import contents_for, lines_of
from opale.delivery.projects.domain.template_content import Content, content_record
from opale.infrastructure.models import CapacityPool
from opale.organisation.models import Person
from opale.reservations.queries.diary import diary
from opale.reservations.queries.load import with_calendars
from opale.reservations.queries.person_days import HORIZON_DAYS

KEPT_FOR: Final = timedelta(days=7)
NAMED: Final = 3


def template_digest(contents: Mapping[int, Content]) -> str:
    """Return a digest of how the offerings are delivered."""
    said = {str(key): content_record(content) for key, content in sorted(contents.items())}
    return sha256(msgspec.json.encode(said)).hexdigest()[:16]


def stale_because(
    design: Design, version: DesignVersion, found: DesignCheck, *, at: datetime
) -> list[str]:
    """Return sentences about what changed since the check; none while it holds."""
    if version.sized_at > found.made_at:
        return [_("The sizing has changed since.")]
    said = []
    if at - found.made_at > KEPT_FOR:
        said.append(_("The check is more than a week old."))
    looked_at: Mapping[str, Any] = found.looked_at
    if template_digest(contents_for(lines_of(version))) != looked_at.get("templates"):
        said.append(_("The template of an offering has changed since."))
    own = own_reservations(design)
    first = date.fromisoformat(looked_at["first"])
    return said + _other_stock(looked_at, own, first) + _other_days(looked_at, own, first)


def _other_stock(looked_at: Mapping[str, Any], own: list[int], first: date) -> list[str]:
    digests: Mapping[str, str] = looked_at.get("pools", {})
    if not digests:
        return []
    pools = CapacityPool.objects.filter(pk__in=map(int, digests)).order_by("name")
    known = stocks(list(pools), since=first, own=own)
    names = [
        stock.pool.name for stock in known.values() if stock.digest != digests[str(stock.pool.pk)]
    ]
    return [_("Availability in %(pools)s has changed since.") % {"pools": _few(names)}] * bool(
        names
    )


def _other_days(looked_at: Mapping[str, Any], own: list[int], first: date) -> list[str]:
    known: Mapping[str, list[str]] = looked_at.get("people", {})
    if not known:
        return []
    people = Person.objects.filter(pk__in=map(int, known)).order_by("name")
    read = diary(list(with_calendars(people)), since=first, days=HORIZON_DAYS)
    names = []
    for key, pages in read.pages.items():
        until, digest = known[str(key)]
        if digest_of(read, key, frozenset(own), date.fromisoformat(until)) != digest:
            names.append(pages.person.name)
    return [_("The availability of %(names)s has changed since.") % {"names": _few(names)}] * bool(
        names
    )


def _few(names: Sequence[str]) -> str:
    """Return some of the names: the new check shows them all."""
    return ", ".join(names) if len(names) <= NAMED else f"{', '.join(names[:NAMED])}…"
