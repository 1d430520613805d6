from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from opale.customers.models import Customer, Offering
from opale.delivery.orders.models import Order, OrderLine
from opale.delivery.projects.domain.health import committed_day
from opale.delivery.projects.rights import READ
from opale.delivery.projects.states import PackageState, ProjectState
from opale.delivery.resources.models import ResourceRequest
from opale.infrastructure.domain.units import Unit
from opale.infrastructure.models import CapacityPool, Site
from opale.kernel.clock import now
from opale.kernel.history import tracked
from opale.kernel.owned import M, OwnedQuerySet
from opale.organisation.models import Person, Skill, Team, WorkingCalendar
from opale.reservations.models import Reservation


class ProjectsQuerySet(OwnedQuerySet[M]):
    read_right = READ


class Size(models.TextChoices):
    EXPRESS = "express", _("Express delivery")
    PROJECT = "project", pgettext_lazy("a size", "Project")


class Weather(models.TextChoices):
    SUN = "sun", pgettext_lazy("the weather of a project", "On track")
    CLOUD = "cloud", pgettext_lazy("the weather of a project", "At risk")
    STORM = "storm", pgettext_lazy("the weather of a project", "Off track")


class Party(models.TextChoices):
    """Who does it, or whose fault it was."""

    US = "us", pgettext_lazy("who is waited for", "us")
    CUSTOMER = "customer", pgettext_lazy("who is waited for", "the customer")
    CARRIER = "carrier", pgettext_lazy("who is waited for", "the carrier")
    STOCK = "stock", pgettext_lazy("who is waited for", "stock")


class Named(models.Model):
    """Base of models with a name in each language; what people add has the same in both."""

    name_en = models.CharField(_("English name"), max_length=200)
    name_fr = models.CharField(_("French name"), max_length=200)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """Return the name, with what tells it apart from its likes in the same project."""
        return self.name

    @property
    def name(self) -> str:
        french = (get_language() or "").startswith("fr")
        return self.name_fr if french else self.name_en


@tracked(creation=True)
class ProjectTemplate(models.Model):
    """The delivery template of an offering; without one, its family's applies. `content` is one
    document."""

    reach_paths: ClassVar[dict[str, str]] = {}

    offering = models.OneToOneField(Offering, on_delete=models.CASCADE, related_name="+")
    content = models.JSONField(_("Content"))

    objects = ProjectsQuerySet["ProjectTemplate"].as_manager()

    def __str__(self) -> str:
        return str(self.offering)


@tracked(
    creation=True,
    # Computed from tracked columns.
    exclude=(
        "ends_on", "promised_on", "late_by", "next_package", "next_was_on", "waits_for", "weather",
    ),
)  # fmt: skip
class Project(models.Model):
    """The delivery of an order: an express delivery, or a project with a plan.

    `exception_by` and `exception_reason` say who approved a manager of another seniority, and why.
    `ordered_on` is the day of the order's open lines, `wanted_on` the day planned for: the same,
    until the customer was promised one. Computed with the plan are `ends_on`, `next_package` (a
    milestone, `next_was_on` in the last baseline), `promised_on`, `waits_for` and `weather`.
    Source: docs/rules/projects.md.
    """

    reach_paths: ClassVar[dict[str, str]] = {"customers": "customer_id"}

    number = models.BigIntegerField(unique=True)
    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="project")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="projects")
    name = models.CharField(_("Name"), max_length=200)
    size = models.CharField(_("Size"), max_length=7, choices=Size.choices)
    state = models.CharField(
        _("State"), max_length=9, choices=ProjectState.choices, default=ProjectState.PREPARING
    )
    manager = models.ForeignKey(
        Person,
        verbose_name=_("Project manager"),
        on_delete=models.PROTECT,
        null=True,
        related_name="projects_led",
    )
    exception_by = models.ForeignKey(
        Person,
        verbose_name=_("Exception granted by"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    exception_reason = models.CharField(_("Reason for the exception"), max_length=300, blank=True)
    calendar = models.ForeignKey(
        WorkingCalendar, verbose_name=_("Working calendar"), on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    backward = models.BooleanField(_("Planned backward from the wanted date"), default=False)
    begins_on = models.DateField(pgettext_lazy("a project", "Start date"))
    wanted_on = models.DateField(pgettext_lazy("a project", "Wanted date"), null=True, blank=True)
    ordered_on = models.DateField(pgettext_lazy("a project", "Wanted date in the order"), null=True)
    ends_on = models.DateField(pgettext_lazy("a project", "Planned end"), null=True)
    promised_on = models.DateField(pgettext_lazy("a project", "Customer date"), null=True)
    late_by = models.PositiveIntegerField(default=0)
    next_package = models.ForeignKey(
        "WorkPackage", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    next_was_on = models.DateField(null=True)
    waits_for = models.CharField(max_length=8, choices=Party.choices, blank=True)
    weather = models.CharField(
        pgettext_lazy("of a project", "Health"),
        max_length=5,
        choices=Weather.choices,
        default=Weather.CLOUD,
    )
    opened_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True)

    objects = ProjectsQuerySet["Project"].as_manager()

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.CheckConstraint(
                condition=Q(exception_by=None, exception_reason="")
                | (Q(exception_by__isnull=False) & ~Q(exception_reason="")),
                name="project_exception_has_a_name_and_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["done", "cancelled"], ended_at__isnull=False)
                | Q(state__in=["preparing", "running"], ended_at=None),
                name="project_end_is_dated",
            ),
        )
        indexes = (models.Index(fields=["state", "ends_on"], name="project_state_end"),)

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return f"P-{self.number}"

    @property
    def topic(self) -> str:
        return f"projects.project:{self.pk}"

    @property
    def express(self) -> bool:
        return self.size == Size.EXPRESS

    @property
    def days_late(self) -> int:
        """Return how many days after the day promised to the customer, else the wanted one, it
        ends; 0 where it does not."""
        until = committed_day(self.promised_on, self.wanted_on)
        if self.ends_on is None or until is None:
            return 0
        return max((self.ends_on - until).days, 0)

    @property
    def wish(self) -> date | None:
        """Return the day that the order now names, if it differs after one was promised."""
        if self.promised_on is None or self.ordered_on == self.wanted_on:
            return None
        return self.ordered_on


def name_at(name: str, site: Site | None) -> str:
    """Return a name with a site behind it: “Install the router, Rennes office”."""
    return f"{name}, {site.name}" if site is not None else name


BY_PROJECT: dict[str, str] = {"customers": "project__customer_id"}
WORK_PACKAGE = "projects.workpackage:"


@tracked(creation=True, exclude=("starts_on", "ends_on", "slack", "critical", "because"))
class WorkPackage(Named):
    """A piece of work, a wait or a milestone; on an express delivery a line of the checklist.

    `starts_on` to `critical` are computed; `because` is the reason for the start (`kind`, `on`,
    `of`). `begun_on` and `done_on` are actual days. `promised_on` is the carrier's last promise.
    """

    class Kind(models.TextChoices):
        WORK = "work", pgettext_lazy("a work package", "Work")
        WAIT = "wait", pgettext_lazy("a work package", "Wait")
        APPOINTMENT = "appointment", pgettext_lazy("a work package", "Appointment")
        CHECK = "check", pgettext_lazy("a work package", "Check")
        MILESTONE = "milestone", pgettext_lazy("a work package", "Milestone")

    reach_paths: ClassVar[dict[str, str]] = BY_PROJECT

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="packages", db_index=False
    )
    line = models.ForeignKey(
        OrderLine, on_delete=models.PROTECT, null=True, related_name="packages"
    )
    key = models.CharField(max_length=60, blank=True)
    piece = models.PositiveSmallIntegerField(default=0)
    position = models.PositiveIntegerField()
    kind = models.CharField(_("Kind"), max_length=11, choices=Kind.choices, default=Kind.WORK)
    party = models.CharField(
        pgettext_lazy("a work package", "Assigned to"), max_length=8, choices=Party.choices,
        default=Party.US,
    )  # fmt: skip
    role = models.CharField(_("Team"), max_length=40, choices=Team.Kind.choices, blank=True)
    skill = models.ForeignKey(
        Skill, verbose_name=_("Skill"), on_delete=models.PROTECT, null=True, blank=True,
        related_name="+",
    )  # fmt: skip
    level = models.PositiveSmallIntegerField(_("Level"), default=0)
    hours = models.DecimalField(
        pgettext_lazy("of work", "Hours"), max_digits=7, decimal_places=2, default=0
    )
    days = models.PositiveSmallIntegerField(_("Working days"), default=1)
    not_before = models.DateField(_("Start no earlier than"), null=True, blank=True)
    promised_on = models.DateField(_("Promised for"), null=True, blank=True)
    person = models.ForeignKey(
        Person, verbose_name=_("Person"), on_delete=models.PROTECT, null=True, blank=True,
        related_name="work_packages",
    )  # fmt: skip
    reservation = models.ForeignKey(
        Reservation, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    request = models.ForeignKey(
        ResourceRequest, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    state = models.CharField(
        _("State"), max_length=7, choices=PackageState.choices, default=PackageState.TODO
    )
    begun_on = models.DateField(pgettext_lazy("a work package", "Started on"), null=True)
    done_on = models.DateField(pgettext_lazy("a work package", "Completed on"), null=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    slack = models.PositiveIntegerField(default=0)
    critical = models.BooleanField(default=False)
    because = models.JSONField(default=dict)

    objects = ProjectsQuerySet["WorkPackage"].as_manager()

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(state="done", done_on__isnull=False)
                | ~Q(state="done") & Q(done_on=None),
                name="package_end_is_dated",
            ),
            models.CheckConstraint(
                condition=~Q(kind="milestone") | Q(days=0), name="milestone_takes_no_days"
            ),
            models.CheckConstraint(condition=Q(level__lte=5), name="package_level_is_0_to_5"),
        )
        indexes = (
            models.Index(fields=["project", "position"], name="package_of_project"),
            models.Index(
                fields=["person"],
                name="package_of_person",
                condition=Q(state__in=["todo", "doing"]),
            ),
        )

    @property
    def source(self) -> str:
        """Return the source under which its hours are reserved."""
        return f"{WORK_PACKAGE}{self.pk}"

    @property
    def site(self) -> Site | None:
        """Return where it is delivered: the site of its order line."""
        return self.line.site if self.line is not None else None

    @property
    def title(self) -> str:
        """Return the name with the site, which tells it apart from the same work elsewhere."""
        return name_at(self.name, self.site)

    @property
    def ahead(self) -> bool:
        return self.state in (PackageState.TODO, PackageState.DOING)


@tracked(creation=True)
class Decomposition(models.Model):
    """The last decomposition of a line, compared with the line to find what changed.

    `content` is a copy of the document: later changes of the template do not matter.
    """

    reach_paths: ClassVar[dict[str, str]] = BY_PROJECT

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="decompositions")
    line = models.OneToOneField(OrderLine, on_delete=models.PROTECT, related_name="+")
    about = models.CharField(max_length=40)
    quantity = models.PositiveIntegerField()
    content = models.JSONField(_("Content"))

    objects = ProjectsQuerySet["Decomposition"].as_manager()


@tracked(creation=True)
class PackageLink(models.Model):
    """A dependency: `after` waits for the end of `before` and for further working days."""

    reach_paths: ClassVar[dict[str, str]] = BY_PROJECT

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="links")
    before = models.ForeignKey(WorkPackage, on_delete=models.CASCADE, related_name="links_after")
    after = models.ForeignKey(
        WorkPackage, on_delete=models.CASCADE, related_name="links_before", db_index=False
    )
    lag = models.PositiveSmallIntegerField(_("Lag (working days)"), default=0)

    objects = ProjectsQuerySet["PackageLink"].as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["after", "before"], name="package_link_once"),
            models.CheckConstraint(
                condition=~Q(before=models.F("after")), name="package_waits_for_another"
            ),
        )


@tracked(creation=True)
class TechnicalNeed(Named):
    """Stock that a line needs, with its pool once chosen, and its reservation.

    `place` is the reservation of named units: U12 to U15 of a rack, port 7 of a switch.
    """

    reach_paths: ClassVar[dict[str, str]] = BY_PROJECT

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="needs")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="+")
    unit = models.CharField(_("Unit"), max_length=20, choices=Unit.choices)
    quantity = models.DecimalField(_("Quantity"), max_digits=12, decimal_places=2)
    pool = models.ForeignKey(
        CapacityPool, verbose_name=_("Pool"), on_delete=models.PROTECT, null=True, related_name="+"
    )
    reservation = models.ForeignKey(
        Reservation, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    place = models.ForeignKey(Reservation, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = ProjectsQuerySet["TechnicalNeed"].as_manager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(condition=Q(quantity__gt=0), name="need_of_something"),
            models.CheckConstraint(condition=Q(unit__in=Unit.values), name="need_unit_is_known"),
        )

    @property
    def title(self) -> str:
        """Return the name with the site, which tells it apart from the same need elsewhere."""
        return name_at(self.name, self.line.site)

    @property
    def provider_site(self) -> Site | None:
        """Return the site of ours whose stock meets the need; None where any may."""
        site = self.line.site
        return site if site is not None and site.is_of_provider else None
