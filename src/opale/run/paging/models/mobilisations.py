from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opale.customers.models import Customer
from opale.kernel.clock import now
from opale.kernel.owned import OwnedQuerySet
from opale.organisation.models import Person, Team
from opale.run.paging import rights
from opale.run.paging.models.contacts import ContactMethod
from opale.run.paging.models.policies import PolicyVersion
from opale.run.paging.states import MobilisationState, PageState, Trigger


class MobilisationQuerySet(OwnedQuerySet["Mobilisation"]):
    read_right = rights.READ


class Mobilisation(models.Model):
    """Pages sent one after the other about one thing, until somebody answers.

    `about` names the thing (`events.alert:12`); at most one mobilisation of it is open. `plan` is
    fixed at the start, and `position` is its next step, due at `next_at`. Only `paging.actions`
    moves it.
    """

    reach_paths: ClassVar[dict[str, str]] = {"customers": "customer_id"}

    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    about = models.CharField(max_length=100)
    trigger = models.CharField(max_length=10, choices=Trigger.choices)
    reason = models.CharField(max_length=40, blank=True)
    occasions = ArrayField(models.CharField(max_length=60), default=list)
    title = models.CharField(max_length=300)
    path = models.CharField(max_length=300, blank=True)
    severity = models.PositiveSmallIntegerField(default=0)
    priority = models.PositiveSmallIntegerField(default=0)
    stream = models.CharField(max_length=20, blank=True)
    state = models.CharField(
        max_length=12, choices=MobilisationState.choices, default=MobilisationState.TRIGGERED
    )
    plan = models.JSONField()
    position = models.PositiveIntegerField(default=0)
    last_round = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(default=now)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    answered_name = models.CharField(max_length=150, blank=True)
    exhausted_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)

    objects = MobilisationQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["about"],
                condition=~Q(state="resolved"),
                name="one_open_mobilisation",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["triggered", "exhausted"]) | Q(next_at__isnull=False),
                name="calling_goes_on",
            ),
            models.CheckConstraint(
                condition=~Q(state="acknowledged") | Q(answered_at__isnull=False),
                name="answered_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(state="resolved", resolved_at__isnull=False, next_at=None)
                | ~Q(state="resolved") & Q(resolved_at=None),
                name="resolved_is_dated",
            ),
        )
        indexes = (
            models.Index(
                fields=["next_at"], condition=Q(next_at__isnull=False), name="mobilisation_next"
            ),
            models.Index(fields=["-started_at", "-id"], name="mobilisation_newest"),
            models.Index(fields=["about", "-id"], name="mobilisation_about"),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def severity_code(self) -> str:
        """Return the severity of an alert as the marks of pages name it; "" where it has none."""
        return SEVERITY_CODES[self.severity]

    @property
    def urgent(self) -> bool:
        """Whether its pages pass quiet hours: a major alert, a P1 or P2, or no rating of either."""
        if self.severity or self.priority:
            return self.severity >= URGENT_SEVERITY or 0 < self.priority <= URGENT_PRIORITY
        return True


SEVERITY_CODES = ("", "info", "warning", "minor", "major", "critical")
URGENT_SEVERITY = 4
URGENT_PRIORITY = 2


class PageQuerySet(OwnedQuerySet["Page"]):
    read_right = rights.OWN


class Page(models.Model):
    """An attempt to reach a person by one contact method: once for each step of each round.

    `round` keeps counting when the mobilisation restarts; step 0 is the on-call manager's.
    `contact_key` names the method even after its removal. `within` is the page whose message
    carries this one. Until `claimed_until` a sender is at work on it.
    """

    reach_paths: ClassVar[dict[str, str]] = {"person": "person_id"}

    mobilisation = models.ForeignKey(Mobilisation, on_delete=models.CASCADE, related_name="pages")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    method = models.ForeignKey(
        ContactMethod, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    contact_key = models.CharField(max_length=24)
    contact = models.CharField(_("By"), max_length=150)
    round = models.PositiveIntegerField()
    step = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=PageState.choices, default=PageState.DUE)
    due_at = models.DateTimeField()
    not_before = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    within = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="carries")
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)

    objects = PageQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["mobilisation", "round", "step", "person", "contact_key"],
                name="page_once",
            ),
        )
        indexes = (
            models.Index(
                fields=["not_before", "due_at"], condition=Q(state="due"), name="page_due"
            ),
            models.Index(
                fields=["contact_key", "-left_at"],
                condition=Q(left_at__isnull=False),
                name="page_left",
            ),
            models.Index(fields=["person", "-due_at"], name="page_of_person"),
            models.Index(fields=["left_at"], condition=Q(state="leaving"), name="page_leaving"),
        )
