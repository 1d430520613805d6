"""The portfolio of projects as a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from opale.customers.listings.columns import customer_filter
from opale.delivery.projects.actions import plans, projects
from opale.delivery.projects.domain.day_differences import later
from opale.delivery.projects.listings.portfolio_tabs import portfolio_tabs
from opale.delivery.projects.models import Project, Size, Weather
from opale.delivery.projects.queries import projects as project_queries
from opale.delivery.projects.queries.projects import PortfolioCounts
from opale.delivery.projects.rights import READ, WORK
from opale.delivery.projects.states import BEGIN, ProjectState
from opale.endpoints.http import ActorRequest
from opale.kernel.actor import Actor
from opale.kernel.keyset import Order
from opale.listings.declarations import Column, Empty, Group, Jump, Listing, RowAct
from opale.listings.filters import Choice, Span, Words, mine
from opale.ui.components.badges import icon, state
from opale.ui.components.lists import Chip, chips_of

P = ProjectState
TONES = {P.PREPARING: "new", P.RUNNING: "active", P.DONE: "done", P.CANCELLED: "closed"}
SKIES = {Weather.SUN: "sun", Weather.CLOUD: "cloud", Weather.STORM: "cloud-storm"}
SKY_TONES = {Weather.SUN: "done", Weather.CLOUD: "waiting", Weather.STORM: "bad"}
STANDING = (
    ("live", pgettext_lazy("projects", "Open")),
    *ProjectState.choices,
    ("all", pgettext_lazy("projects", "All")),
)
WAITED_FOR = (
    ("us", gettext_lazy("Waiting for us")),
    ("customer", gettext_lazy("Waiting for the customer")),
    ("carrier", gettext_lazy("Waiting for the carrier")),
    ("stock", gettext_lazy("Waiting for stock")),
)


def figures(request: ActorRequest) -> dict[str, object]:
    """Return the key figures of the portfolio, shown above its list."""
    counts = project_queries.portfolio_counts(seen_by=request.actor)
    return {
        "counts": counts,
        "skies": _skies(request, counts),
        "portfolio_tabs": portfolio_tabs(request, "projects_list"),
    }


@dataclass(frozen=True, slots=True)
class Sky:
    """A weather with its number of live projects, and the filter for them."""

    value: str
    icon: str
    label: str
    count: int
    chip: Chip


def _skies(request: ActorRequest, counts: PortfolioCounts) -> list[Sky]:
    chips = chips_of(request.GET, "weather", Weather.choices)
    found = dict(zip(Weather, chips, strict=True))
    counted = {Weather.STORM: counts.storm, Weather.CLOUD: counts.cloud, Weather.SUN: counts.sun}
    return [Sky(one, SKIES[one], str(one.label), n, found[one]) for one, n in counted.items()]


@dataclass(frozen=True, slots=True)
class Line:
    """A project in the list. `moved` is how far its next milestone is from the promise; where it
    ends after the customer date (`late`), its end, where that is later by more."""

    project: Project
    tone: str
    sky: str
    moved: int | None
    late: bool

    @property
    def sky_tone(self) -> str:
        return SKY_TONES[Weather(self.project.weather)]

    @property
    def said(self) -> str:
        return later(self.moved) if self.moved else ""


def line_of(project: Project) -> Line:
    upcoming, was = project.next_package, project.next_was_on
    moved = (upcoming.ends_on - was).days if upcoming and upcoming.ends_on and was else None
    late = project.days_late
    if late:
        moved = max(moved or 0, late)
    return Line(
        project, TONES[P(project.state)], SKIES[Weather(project.weather)], moved, bool(late)
    )


def _lines(rows: Sequence[Project], _actor: Actor) -> list[Line]:
    return [line_of(project) for project in rows]


def _sky(line: Line) -> object:
    label = line.project.get_weather_display()
    drawn = '<span class="p-sky" data-sky="{}" title="{}">{}</span>'
    return format_html(drawn, line.project.weather, label, icon(line.sky, label))


def _about(line: Line) -> object:
    drawn = '<span class="p-who">{}</span> <span class="o-quiet">{}</span>'
    return format_html(drawn, line.project.customer.name, line.project.name)


def _manager(line: Line) -> object:
    if line.project.manager is not None:
        return line.project.manager.name
    return format_html('<span class="o-quiet">{}</span>', pgettext("leads a project", "unassigned"))


def _next(line: Line) -> object:
    upcoming = line.project.next_package
    if upcoming is None:
        return ""
    day = date_format(upcoming.ends_on, "MONTH_DAY_FORMAT") if upcoming.ends_on else ""
    drawn = '<span class="p-next">{}</span><span class="o-quiet">, {}</span>'
    return format_html(drawn, upcoming.title, day)


def _against(line: Line) -> object:
    if line.said:
        late = "p-late" if line.moved and line.moved > 0 else ""
        return format_html('<span class="{}">{}</span>', late, line.said)
    if line.project.promised_on:
        return format_html('<span class="o-quiet">{}</span>', _("on time"))
    return ""


def _end(line: Line) -> object:
    if line.project.ends_on is None:
        return ""
    day = date_format(line.project.ends_on, "SHORT_DATE_FORMAT")
    return format_html('<span class="p-late">{}</span>', day) if line.late else day


def _upcoming(line: Line, name: str) -> Any:
    upcoming = line.project.next_package
    return getattr(upcoming, name) if upcoming else None


PROJECTS = Listing(
    name="projects",
    title=gettext_lazy("Projects"),
    right=READ,
    url_name="projects_list",
    model=Project,
    rows=project_queries.projects,
    lines=_lines,
    reads=("next_package__line__site",),  # a line says how far it is from the promise
    order=Order(("-number",)),
    topic=plans.LIST,
    template="projects/list.html",
    buttons="projects/_buttons.html",
    above="projects/_figures.html",
    figures=figures,
    empty=Empty(
        "timeline",
        gettext_lazy("No project matches your filters"),
        gettext_lazy("No open projects"),
        gettext_lazy("A project opens automatically when an order is started."),
    ),
    columns=(
        Column(
            "project", pgettext_lazy("a thing", "Project"), "reference", order="number", fixed=True,
            style="number", link=lambda one: reverse("projects_show", args=[one.project.number]),
        ),
        Column(
            "weather", pgettext_lazy("of a project", "Health"), "weather", cell=_sky,
            quiet_label=True,
        ),
        Column(
            "about", gettext_lazy("Customer and subject"), "name", cell=_about, style="fill",
            reads=("customer",), order="customer__name", exported=False,
        ),
        Column(
            "customer", gettext_lazy("Customer"), "customer__name", order=True, shown=False,
            group=Group("customer"),
        ),
        Column("subject", gettext_lazy("Subject"), "name", order=True, shown=False),
        Column("size", gettext_lazy("Size"), "size", shown=False, group=Group("size")),
        Column(
            "manager", pgettext_lazy("of a project", "Manager"), "manager__name", cell=_manager,
            order=True, group=Group("manager", person=True),
        ),
        Column(
            "state", gettext_lazy("State"), "state", order=True, group=Group("state"),
            cell=lambda one: state(one.project.get_state_display(), one.tone),
        ),
        Column(
            "next", gettext_lazy("Next milestone"), lambda one: _upcoming(one, "name"), cell=_next,
            reads=("next_package__line__site",), order="next_package__ends_on",
        ),
        Column(
            "next_on", gettext_lazy("Next milestone, planned date"),
            lambda one: _upcoming(one, "ends_on"), reads=("next_package__line__site",), shown=False,
        ),
        Column(
            "next_was_on", gettext_lazy("Next milestone, promised date"), "next_was_on",
            shown=False,
        ),
        Column(
            "against", gettext_lazy("vs customer date"), lambda one: one.moved, cell=_against,
            reads=("next_package__line__site",), exported=False,
        ),
        Column("waits_for", gettext_lazy("Waiting for"), "waits_for"),
        Column(
            "end", gettext_lazy("Planned end"), "ends_on", cell=_end, order=True, style="end",
            group=Group("ends_on", month=True),
        ),
        Column("promised", gettext_lazy("Promised for"), "promised_on", order=True, shown=False),
        Column(
            "wanted", pgettext_lazy("a project", "Wanted date"), "wanted_on", order=True,
            shown=False,
        ),
    ),
    filters=(
        Words(label=gettext_lazy("Number, name, customer or manager")),
        mine("manager_id", pgettext_lazy("projects", "Mine")),
        Choice(
            "state", gettext_lazy("State"), STANDING, argument="state", default="live", every="all"
        ),
        Choice("size", gettext_lazy("Size"), Size.choices, argument="size"),
        Choice(
            "weather", pgettext_lazy("of a project", "Health"), Weather.choices,
            argument="weather", drawn=False,
        ),
        Choice(
            "waits_for", gettext_lazy("Waiting for"), WAITED_FOR, argument="waits_for", menu=True
        ),
        customer_filter(lookup="customer_id"),
        Span("end", gettext_lazy("Planned end"), lookup="ends_on"),
    ),
    acts=(
        RowAct(
            "begin", pgettext_lazy("a project", "Start"), WORK, icon="player-play",
            run=lambda row, by: projects.move_project(row, BEGIN, by=by),
        ),
    ),
    jump=Jump(
        label=lambda row: f"{row.reference} {row.name}",
        url=lambda row: reverse("projects_show", args=[row.number]),
        note=lambda row: row.customer.name,
        group=gettext_lazy("Projects"),
        icon="timeline",
        starts="P-",
    ),
)  # fmt: skip
