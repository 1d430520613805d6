"""Who leads projects, with what they lead and how much of their time is booked, as a list."""

from collections.abc import Callable
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from opale.delivery.projects.actions import plans
from opale.delivery.projects.listings.portfolio_tabs import portfolio_tabs
from opale.delivery.projects.models import Weather
from opale.delivery.projects.queries import managers
from opale.delivery.projects.queries.managers import LOAD_WEEKS, ManagerLine
from opale.delivery.projects.rights import READ
from opale.endpoints.http import ActorRequest
from opale.kernel.keyset import Order
from opale.listings.declarations import Column, Empty, Listing
from opale.listings.filters import Words
from opale.organisation.models import Person
from opale.reservations.rights import READ as SEE_LOAD
from opale.ui.markup import EMPTY

FULL: Final = 100
"""The share from which a load is shown as too much, in per cent."""


def figures(request: ActorRequest) -> dict[str, object]:
    return {"portfolio_tabs": portfolio_tabs(request, "projects_managers")}


def _led(line: ManagerLine, **narrowed: str) -> str:
    """Return the address of the open projects that somebody leads."""
    asked = {"q": line.person.name, "state": "live", **narrowed}
    return f"{reverse('projects_list')}?{urlencode(asked)}"


def _load(line: ManagerLine) -> str:
    return reverse("reservations_load_person", args=[line.person.pk])


def _count(name: str, *, late: bool = False) -> Callable[[ManagerLine], object]:
    def cell(line: ManagerLine) -> object:
        number = getattr(line.person, name)
        style = "o-quiet" if not number else "p-late" if late else ""
        return format_html('<span class="{}">{}</span>', style, number)

    return cell


def _share(weeks: int) -> Callable[[ManagerLine], object]:
    """Return the cell of the load of so many weeks: a bar and per cent."""

    def cell(line: ManagerLine) -> object:
        share = line.share(weeks)
        if share is None:
            return ""
        return format_html(
            '<svg class="p-load"{} width="56" height="8" aria-hidden="true"><rect class="all"'
            ' width="56" height="8" rx="4"></rect><rect class="booked" width="{}" height="8"'
            ' rx="4"></rect></svg> <span class="p-per-cent">{}</span>',
            SafeString(" data-over") if share > FULL else EMPTY,
            round(min(share, FULL) * 56 / FULL),
            _percent(share),
        )

    return cell


def _percent(share: int) -> str:
    return _("%(value)s%%") % {"value": share}


PROJECT_MANAGERS = Listing(
    name="project-managers",
    title=gettext_lazy("Project managers"),
    right=READ,
    url_name="projects_managers",
    model=Person,
    rows=managers.project_managers,
    lines=managers.with_load,
    order=Order(("name", "id")),
    topic=plans.LIST,
    template="projects/list.html",
    above="projects/_portfolio_tabs.html",
    figures=figures,
    empty=Empty(
        "users",
        gettext_lazy("No project manager matches your filters"),
        gettext_lazy("No project managers yet"),
        gettext_lazy("Give somebody the function of project manager in a team."),
    ),
    columns=(
        Column(
            "manager", pgettext_lazy("of a project", "Manager"), lambda one: one.person.name,
            order="name", fixed=True, style="fill",
            link=lambda one: reverse("organisation_person", args=[one.person.pk]),
        ),
        Column(
            "seniority", gettext_lazy("Seniority"), "seniority", order=True, shown=False,
        ),
        Column(
            "open", pgettext_lazy("projects", "Open"), lambda one: one.person.open_count,
            cell=_count("open_count"), order="open_count", style="end", link=_led,
        ),
        Column(
            "storm", Weather.STORM.label, lambda one: one.person.storm_count,
            cell=_count("storm_count", late=True), order="storm_count", style="end",
            link=lambda one: _led(one, weather=Weather.STORM),
        ),
        Column(
            "cloud", Weather.CLOUD.label, lambda one: one.person.cloud_count,
            cell=_count("cloud_count"), order="cloud_count", style="end",
            link=lambda one: _led(one, weather=Weather.CLOUD),
        ),
        Column(
            "soon", gettext_lazy("End within 30 days"), lambda one: one.person.soon_count,
            cell=_count("soon_count"), order="soon_count", style="end",
        ),
        Column(
            "week", gettext_lazy("Booked this week"), lambda one: one.share(1), cell=_share(1),
            right=SEE_LOAD, style="end", link=_load,
        ),
        Column(
            "month", gettext_lazy("Booked, 4 weeks"), lambda one: one.share(4), cell=_share(4),
            right=SEE_LOAD, style="end", link=_load,
        ),
        Column(
            "two_months", gettext_lazy("Booked, 8 weeks"), lambda one: one.share(LOAD_WEEKS),
            cell=_share(LOAD_WEEKS), right=SEE_LOAD, style="end", link=_load,
        ),
    ),
    filters=(Words(label=gettext_lazy("Name")),),
)  # fmt: skip
