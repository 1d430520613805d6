from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opale.customers.models import Customer
from opale.infrastructure.models import Supplier
from opale.kernel.actor import Actor
from opale.kernel.clock import now
from opale.kernel.history import tracked
from opale.organisation.models import Person, Team, WorkingCalendar
from opale.run.desk.models.base import BY_CUSTOMER, DeskQuerySet
from opale.run.desk.models.ticket import Ticket
from opale.run.desk.rights import ASSIST, CONSOLE
from opale.run.desk.states import RUNNING_ASSIGNMENTS, AssignmentState


class Level(models.TextChoices):
    """Who works on what the owner answers for."""

    LEVEL_1 = "level_1", _("Level 1")
    LEVEL_2 = "level_2", _("Level 2")
    LEVEL_3 = "level_3", _("Level 3")
    GROUP = "group", _("Group team")
    SUPPLIER = "supplier", _("Supplier")


RESTORING_LEVELS = frozenset({Level.LEVEL_2, Level.LEVEL_3})
"""The levels whose people may state that the service works again."""


@tracked()
class LevelTarget(models.Model):
    """Internal target times of a level to accept and to finish the work asked of it.

    A row for a priority wins over the row for all. Without a calendar, time runs day and night.
    """

    level = models.CharField(max_length=10, choices=Level.choices)
    priority = models.PositiveSmallIntegerField(null=True)
    accept = models.DurationField()
    deliver = models.DurationField()
    calendar = models.ForeignKey(
        WorkingCalendar, on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = DeskQuerySet["LevelTarget"].as_manager()

    class Meta:
        ordering = ("level", "priority")
        constraints = (
            models.UniqueConstraint(
                fields=["level", "priority"], nulls_distinct=False, name="level_target_once"
            ),
        )


class AssignmentQuerySet(DeskQuerySet["Assignment"]):
    """Assignments, visible to readers of the desk and to the assigned team, those of a confidential
    ticket to the people involved in it."""

    def visible_to(self, actor: Actor) -> Self:
        reached = [actor.reach(right, self.model) for right in (CONSOLE, ASSIST)]
        # Django ignores an empty Q in an OR, though here it means every row.
        found = self.all() if not all(reached) else self.filter(reached[0] | reached[1])
        return found.filter(self._not_hidden_from(actor))

    def running(self) -> Self:
        return self.filter(state__in=sorted(RUNNING_ASSIGNMENTS))


@tracked()
class Assignment(models.Model):
    """Work on a ticket asked of another level, a virtual team or a supplier. The owner stays owner.

    `tried` are codes of earlier checks, `reference` is the resolver's number for the work,
    `promised_at` when they say that it will be done.

    Source: docs/rules/ownership.md, "Owner is not resolver".
    """

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER | {"teams": "team_id"}

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="assignments")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    level = models.CharField(max_length=10, choices=Level.choices)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="assignments")
    supplier = models.ForeignKey(
        Supplier, on_delete=models.PROTECT, null=True, related_name="assignments"
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="assignments"
    )
    state = models.CharField(
        max_length=10, choices=AssignmentState.choices, default=AssignmentState.REQUESTED
    )
    reason = models.CharField(max_length=30)
    tried = models.JSONField(default=list, blank=True)
    note = models.TextField(blank=True)
    reference = models.CharField(max_length=60, blank=True)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(default=now)
    accepted_at = models.DateTimeField(null=True)
    promised_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=30, blank=True)
    outcome_note = models.TextField(blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ("asked_at", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(level="supplier", supplier__isnull=False, team=None)
                | ~Q(level="supplier") & Q(supplier=None, team__isnull=False),
                name="assignment_says_whom",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["requested", "accepted"], ended_at=None)
                | ~Q(state__in=["requested", "accepted"]) & Q(ended_at__isnull=False),
                name="assignment_ended_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["accepted", "done"], accepted_at__isnull=False)
                | Q(state="requested", accepted_at=None)
                | Q(state__in=["returned", "withdrawn"]),
                name="assignment_accepted_is_dated",
            ),
            models.CheckConstraint(
                condition=~Q(state="returned") | ~Q(outcome=""),
                name="assignment_returned_says_why",
            ),
            models.UniqueConstraint(
                fields=["ticket", "team"],
                condition=Q(state__in=["requested", "accepted"]),
                name="one_running_assignment_of_a_team",
            ),
            models.UniqueConstraint(
                fields=["ticket", "supplier"],
                condition=Q(state__in=["requested", "accepted"]),
                name="one_running_assignment_of_a_supplier",
            ),
        )
        indexes = (
            models.Index(fields=["ticket", "id"], name="assignment_ticket"),
            models.Index(
                fields=["team", "state", "asked_at"],
                condition=Q(state__in=["requested", "accepted"]),
                name="assignment_team_work",
            ),
        )

    @property
    def whom(self) -> str:
        """Return the name of the team or supplier that was asked."""
        asked = self.team or self.supplier
        return asked.name if asked else ""

    @property
    def worker(self) -> str:
        """Return the name of the person doing the work if known, else of the team or supplier."""
        return self.person.name if self.person else self.whom
