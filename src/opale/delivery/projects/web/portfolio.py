"""The portfolio of projects, and one of them in a line: there, and on the page of its order."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from opale.delivery.orders.queries import get_order
from opale.delivery.projects.actions import plans
from opale.delivery.projects.models import Party, Project, ProjectsQuerySet, Size, Weather
from opale.delivery.projects.queries import projects
from opale.delivery.projects.queries.projects import PortfolioCounts
from opale.delivery.projects.rights import READ
from opale.delivery.projects.states import ProjectState
from opale.delivery.projects.web import explanations
from opale.endpoints.http import ActorRequest, needs
from opale.endpoints.spreadsheets import spreadsheet
from opale.ui import keyset
from opale.ui.components.lists import Chip, chips_of

NEWEST = keyset.Order(("-number",))
FILTERS = ("q", "mine", "size", "weather", "waits_for", "state")
P = ProjectState
TONES = {P.PREPARING: "new", P.RUNNING: "active", P.DONE: "done", P.CANCELLED: "closed"}
SKIES = {Weather.SUN: "sun", Weather.CLOUD: "cloud", Weather.STORM: "cloud-storm"}


@require_GET
@needs(READ)
def listing(request: ActorRequest) -> HttpResponse:
    """All projects: how each stands, what comes next, and who is waited for."""
    asked, mine = request.GET, request.actor.person_id is not None
    page = keyset.page(_found(request), NEWEST, asked)
    counts = projects.portfolio_counts(seen_by=request.actor)
    context = {
        "page": page,
        "lines": [line_of(project) for project in page.rows],
        "counts": counts,
        "text": asked.get("q", ""),
        "skies": _skies(request, counts),
        "chips": (chips_of(asked, "mine", [("1", pgettext("projects", "Mine"))]) if mine else [])
        + chips_of(asked, "size", Size.choices)
        + chips_of(asked, "waits_for", _waited_for())
        + chips_of(asked, "state", [*P.choices, ("all", pgettext("projects", "All"))]),
        "filtered": any(asked.get(name) for name in FILTERS),
        "topic": plans.LIST,
    }
    template = "projects/_list.html" if request.htmx else "projects/list.html"
    return render(request, template, context)


@dataclass(frozen=True, slots=True)
class WeatherBadge:
    """A weather with how many live projects have it: pressed, those alone are listed."""

    value: str
    icon: str
    label: str
    count: int
    chip: Chip


def _skies(request: ActorRequest, counts: PortfolioCounts) -> list[WeatherBadge]:
    chips = chips_of(request.GET, "weather", Weather.choices)
    found = dict(zip(Weather, chips, strict=True))
    counted = {Weather.STORM: counts.storm, Weather.CLOUD: counts.cloud, Weather.SUN: counts.sun}
    return [
        WeatherBadge(one, SKIES[one], str(one.label), n, found[one]) for one, n in counted.items()
    ]


EXPORTED = 5_000


@require_GET
@needs(READ)
def export(request: ActorRequest) -> HttpResponseBase:
    """What the portfolio shows, all of it, as a spreadsheet."""
    found = _found(request)[:EXPORTED]
    head = [
        str(name)
        for name in (
            pgettext("a thing", "Project"), _("Customer"), _("Subject"), _("Size"),
            pgettext("of a project", "Manager"), _("State"), pgettext("of a project", "Weather"),
            _("Next milestone"), pgettext("a planned day", "Now"), pgettext("a day", "Promised"),
            _("Waits for"), _("Planned end"), _("Promised for"),
            pgettext("a project", "Wanted for"),
        )
    ]  # fmt: skip
    return spreadsheet("projects", head, (_cells(project) for project in found))


def _cells(project: Project) -> list[str]:
    upcoming = project.next_package
    return [
        project.reference,
        project.customer.name,
        project.name,
        project.get_size_display(),
        project.manager.name if project.manager else "",
        project.get_state_display(),
        project.get_weather_display(),
        upcoming.name if upcoming else "",
        _day(upcoming.ends_on if upcoming else None),
        _day(project.next_was_on),
        project.get_waits_for_display() if project.waits_for else "",
        _day(project.ends_on),
        _day(project.promised_on),
        _day(project.wanted_on),
    ]


def _day(at: date | None) -> str:
    return at.isoformat() if at else ""


def _found(request: ActorRequest) -> ProjectsQuerySet[Project]:
    """The projects that the address asks for: the live ones, where it does not say."""
    asked = request.GET
    state = asked.get("state", "live")
    return projects.projects(
        seen_by=request.actor,
        text=asked.get("q", ""),
        state="" if state == "all" else state,
        size=asked.get("size", ""),
        weather=asked.get("weather", ""),
        waits_for=asked.get("waits_for", ""),
        manager_id=request.actor.person_id if asked.get("mine") else None,
    )


def _waited_for() -> list[tuple[str, str]]:
    return [(value, _("Waits for %(party)s") % {"party": label}) for value, label in Party.choices]


@dataclass(frozen=True, slots=True)
class Line:
    """A project in the portfolio. `moved` is how far its next milestone is from the promise."""

    project: Project
    tone: str
    sky: str
    moved: int | None
    late: bool

    @property
    def said(self) -> str:
        return explanations.later(self.moved) if self.moved else ""


def line_of(project: Project) -> Line:
    upcoming, was = project.next_package, project.next_was_on
    moved = (upcoming.ends_on - was).days if upcoming and upcoming.ends_on and was else None
    until = project.promised_on or project.wanted_on
    late = bool(project.ends_on and until and project.ends_on > until)
    return Line(project, TONES[P(project.state)], SKIES[Weather(project.weather)], moved, late)


@require_GET
@needs(READ)
def of_order(request: ActorRequest, order_number: int) -> HttpResponse:
    """On the page of an order: what delivers it."""
    order = get_order(order_number, seen_by=request.actor)
    project = projects.project_of_order(order_number, seen_by=request.actor)
    context = {
        "order": order,
        "line": line_of(project) if project else None,
        "topic": plans.LIST,
    }
    return render(request, "projects/_of_order.html", context)
