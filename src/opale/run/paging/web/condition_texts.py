"""Texts of the conditions of a policy."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from opale.customers.models import Stream
from opale.customers.queries.customers import customers
from opale.kernel.actor import Actor
from opale.organisation.queries.teams import teams
from opale.run.paging.domain.escalation_plans import Conditions, PolicyContent
from opale.run.paging.queries.page_texts import SEVERITIES
from opale.run.paging.queries.policies import DryRun
from opale.run.paging.states import Trigger


@dataclass(frozen=True, slots=True)
class PolicyNames:
    """Names of customers and teams, as far as the reader may see them."""

    customers: dict[int, str] = field(default_factory=dict)
    teams: dict[int, str] = field(default_factory=dict)


def load_policy_names(contents: Iterable[PolicyContent], *, seen_by: Actor) -> PolicyNames:
    """Return the names used in these policies, by a query a kind, or none without names."""
    asked = [content.conditions for content in contents]
    customer_ids = {pk for one in asked for pk in one.customer_ids}
    team_ids = {pk for one in asked for pk in one.team_ids}
    found = PolicyNames()
    if customer_ids:
        rows = customers(seen_by=seen_by, standing="all").filter(pk__in=customer_ids)
        found.customers.update(rows.order_by().values_list("pk", "name"))
    if team_ids:
        found.teams.update(teams(seen_by=seen_by).filter(pk__in=team_ids).values_list("pk", "name"))
    return found


def condition_texts(said: Conditions, named: PolicyNames) -> list[str]:
    """Return one short sentence a condition; none where the policy matches everything."""
    found = []
    if said.triggers:
        found.append(", ".join(str(Trigger(one).label) for one in said.triggers))
    if said.min_severity:
        found.append(
            _("Alerts: %(severity)s or worse") % {"severity": SEVERITIES[said.min_severity]}
        )
    if said.max_priority:
        found.append(_("Tickets: P%(priority)s or higher") % {"priority": said.max_priority})
    if said.streams:
        found.append(", ".join(str(Stream(one).label) for one in said.streams))
    if said.customer_ids:
        found.append(_named(said.customer_ids, named.customers) or _("Selected customers only"))
    if said.team_ids:
        found.append(_named(said.team_ids, named.teams) or _("Work of selected teams only"))
    if said.weekdays:
        found.append(", ".join(str(WEEKDAYS_ABBR[day]) for day in said.weekdays))
    if said.since:
        found.append(_("From %(since)s to %(until)s") % {"since": said.since, "until": said.until})
    if said.timed:
        found.append(_("%(zone)s time") % {"zone": said.zone})
    return found


def clock_texts(found: DryRun) -> list[str]:
    """Return the local time of each policy whose hours were checked, and whether it matched."""
    said = {
        True: _("%(name)s: it is %(when)s in %(zone)s, within its hours."),
        False: _("%(name)s: it is %(when)s in %(zone)s, outside its hours."),
    }
    return [
        said[one.inside]
        % {
            "name": one.policy.name,
            "when": f"{WEEKDAYS_ABBR[one.local.weekday()]} {one.local:%H:%M}",
            "zone": one.zone,
        }
        for one in found.clocks
    ]


def _named(ids: Iterable[int], names: dict[int, str]) -> str:
    return ", ".join(sorted(names[pk] for pk in ids if pk in names))
