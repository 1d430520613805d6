"""Verified contact methods of people, each with its delay after the page.

Source: docs/rules/paging.md, "Contact methods".
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from opale.organisation.models import Person
from opale.run.paging.models import ContactMethod, QuietHours

OWN_MAIL = "mail"
"""The key of the address that the organisation knows of a person, before its number."""


@dataclass(frozen=True, slots=True)
class ContactRoute:
    """One way to one person. `method_id` is None for the address that the organisation knows."""

    key: str
    label: str
    after: timedelta
    zone: str
    kind: str = ContactMethod.Kind.MAIL
    method_id: int | None = None
    quiet: tuple[time, time] | None = None

    @property
    def kind_label(self) -> str:
        """The kind of contact, as others see it: never the address."""
        return str(ContactMethod.Kind(self.kind).label)

    def waking(self, at: datetime) -> datetime:
        """Return the moment itself, or the end of the quiet hours in which it lies."""
        if self.quiet is None:
            return at
        since, until = self.quiet
        local = at.astimezone(ZoneInfo(self.zone))
        now = local.time()
        quiet = since <= now < until if since < until else now >= since or now < until
        if not quiet:
            return at
        day = local.date() + timedelta(days=1 if now >= until else 0)
        return datetime.combine(day, until, ZoneInfo(self.zone)).astimezone(at.tzinfo)


def contact_routes(people: Collection[int]) -> Mapping[int, list[ContactRoute]]:
    """Return the ways to reach each of these people, earliest first, at least one each.

    A person without contact methods is reached by mail at the address in the organisation.
    """
    quiet = {
        row.person_id: (row.since, row.until)
        for row in QuietHours.objects.filter(person__in=people)
    }
    rows = Person.objects.filter(pk__in=people).values_list("pk", "email", "time_zone")
    known = {pk: (email, zone) for pk, email, zone in rows}
    found: dict[int, list[ContactRoute]] = defaultdict(list)
    methods = ContactMethod.objects.filter(person__in=people, verified_at__isnull=False).exclude(
        gateway__is_on=False
    )
    for method in methods.order_by("after", "pk"):
        found[method.person_id].append(
            ContactRoute(
                method.key,
                method.label,
                method.after,
                known[method.person_id][1],
                method.kind,
                method.pk,
                quiet.get(method.person_id),
            )
        )
    for pk, (email, zone) in known.items():
        if pk not in found:
            found[pk] = [
                ContactRoute(f"{OWN_MAIL}{pk}", email, timedelta(), zone, quiet=quiet.get(pk))
            ]
    return found
