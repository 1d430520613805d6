"""Endpoints of reports: figures by period and by value, and the tickets behind them."""

from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from ninja import Router
from pydantic import Field

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.kernel import clock
from opale.kernel.errors import Invalid, NotAllowed
from opale.listings.endpoints import list_endpoint
from opale.listings.selection import IS_NOT
from opale.organisation.queries.reference import home_zone
from opale.run.reports.domain.periods import Period, Step, read_period
from opale.run.reports.listings import REPORTED_TICKETS
from opale.run.reports.queries.definitions import BACKLOG, SHARES
from opale.run.reports.queries.dimensions import DIMENSIONS
from opale.run.reports.queries.figures import Figures, get_report
from opale.run.reports.queries.tickets import last_whole_period
from opale.run.reports.rights import READ
from opale.run.reports.shapes import ReportedTicketOut, ReportOut

router = Router(tags=["reports"])
list_endpoint(
    router, "/reports/tickets", REPORTED_TICKETS, ReportedTicketOut, name="list_reported_tickets",
    text="The tickets that a figure counts in a period: `2026-11`, the Monday of a week, or a day"
    " of the year: `2026-327`.",
)  # fmt: skip

Key = Annotated[str, Field(max_length=20)]


@router.get("/reports/figures", response=ReportOut, auth=may(READ))
def get_report_figures(
    request: ActorRequest,
    period: Key = "",
    step: Step = "month",
    by: Literal["stream", "customer", "service", "team", "plan", "priority", "kind"] = "stream",
    stream: Literal["", "corporate", "solution", "none"] = "",
    kind: Literal["", "request", "incident"] = "",
    priority: Annotated[int, Field(ge=1, le=5)] | None = None,
    plan_id: int | None = None,
    team_id: int | None = None,
    customer_id: int | None = None,
    service_id: int | None = None,
    is_not: Annotated[str, Field(max_length=100)] = "",
) -> dict[str, Any]:
    """The 13 months, weeks or days until `period`, by default the last whole one.

    `is_not`: dimensions among those given, by comma, of which tickets must not have the value.
    """
    last = read_period(period, home_zone()) if period else last_whole_period(step, clock.now())
    if last is None:
        raise Invalid(
            period=_(
                "Enter a month (2026-11), the first day of a week (2026-11-23) or a day of the"
                " year (2026-327)."
            )
        )
    asked: dict[str, object] = {
        "stream": stream,
        "kind": kind,
        "priority": priority,
        "plan": plan_id,
        "team": team_id,
        "customer": customer_id,
        "service": service_id,
    }
    values = {name: str(value) for name, value in asked.items() if value not in ("", None)}
    if any(not DIMENSIONS[name].offered_to(request.actor) for name in (by, *values)):
        raise NotAllowed
    if excluded := [name.strip().removesuffix("_id") for name in is_not.split(",") if name]:
        if any(name not in values for name in excluded):
            raise Invalid(is_not=_("Name filters of this request that can be inverted."))
        values[IS_NOT] = ",".join(excluded)
    found = get_report(last, by, values, seen_by=request.actor, now=clock.now())
    return {
        "periods": [
            _of_period(period, one)
            for period, one in zip(found.periods, found.figures, strict=True)
        ],
        "year_before": _of_period(found.before, found.figures_before),
        "groups": [
            {"value": one.value, "label": one.label, **_figures(one.figures)}
            for one in found.groups
        ],
    }


def _of_period(period: Period, found: Figures) -> dict[str, Any]:
    return {
        "period": period.key, "starts": period.starts, "ends": period.ends, **_figures(found)
    }  # fmt: skip


def _figures(found: Figures) -> dict[str, Any]:
    median, ninth = found.reply or (None, None)
    return {
        "created": found.count("created"),
        "solved": found.count("solved"),
        "backlog": found.count(BACKLOG),
        "backlog_by_age": found.ages,
        "gti_kept": found.share("gti"),
        "gti_n": found.count(SHARES["gti"].n),
        "gtr_kept": found.share("gtr"),
        "gtr_n": found.count(SHARES["gtr"].n),
        "reply_median": median and median.total_seconds(),
        "reply_ninth_decile": ninth and ninth.total_seconds(),
        "reply_n": found.count("replied"),
        "reopened": found.share("reopened"),
        "reopened_n": found.count(SHARES["reopened"].n),
    }
