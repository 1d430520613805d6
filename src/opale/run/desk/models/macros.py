from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opale.customers.models import Customer
from opale.kernel.clock import now
from opale.kernel.history import tracked
from opale.organisation.models import Language, Person, Team
from opale.run.desk.models.base import BY_CUSTOMER, DeskQuerySet
from opale.run.desk.models.ticket import Kind, Ticket


@tracked(creation=True)
class Macro(models.Model):
    """A named series of acts run on a ticket at once; shared, or one person's own.

    `acts` are the acts, `only_kind`, `only_mine` and `most_priority` the tickets it applies to.
    """

    reach_paths: ClassVar[dict[str, str]] = {}

    name_fr = models.CharField(_("Name in French"), max_length=100)
    name_en = models.CharField(_("Name in English"), max_length=100)
    acts = models.JSONField(default=dict)
    only_kind = models.CharField(max_length=10, choices=Kind.choices, blank=True)
    only_mine = models.BooleanField(default=False)
    most_priority = models.PositiveSmallIntegerField(default=1)
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="macros"
    )
    retired_at = models.DateTimeField(null=True)

    objects = DeskQuerySet["Macro"].as_manager()

    class Meta:
        ordering = ("name_en", "id")

    def __str__(self) -> str:
        return self.name_en

    def name(self, language: str) -> str:
        return self.name_fr if language == Language.FRENCH else self.name_en


class MacroUse(models.Model):
    """Number of runs of a macro by a team in a month, and the last one. Who ran it is not
    stored."""

    macro = models.ForeignKey(Macro, on_delete=models.PROTECT, related_name="uses")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="+")
    month = models.DateField()
    times = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(default=now)

    objects = DeskQuerySet["MacroUse"].as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["macro", "team", "month"],
                nulls_distinct=False,
                name="macro_use_once_a_month",
            ),
        )


class MacroRun(models.Model):
    """A run of a macro on a ticket. `back` are the steps that undo it, in order; none where
    something was done that cannot be undone. `left_at` is the ticket's last change by the run: any
    later change rules out undoing it."""

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="macro_runs")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    macro = models.ForeignKey(Macro, on_delete=models.PROTECT, related_name="runs")
    actor = models.CharField(max_length=64)
    back = models.JSONField(default=list)
    at = models.DateTimeField(default=now)
    left_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    objects = DeskQuerySet["MacroRun"].as_manager()

    class Meta:
        indexes = (models.Index(fields=["ticket", "-id"], name="macro_run_ticket"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(undone_at=None) | ~Q(back=[]), name="macro_undone_had_a_way_back"
            ),
        )
