"""Calls, their signals, and the lines of people."""

from datetime import timedelta
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from opale.customers.models import Contact, Customer
from opale.kernel.history import tracked
from opale.kernel.owned import M, OwnedQuerySet
from opale.kernel.phone_numbers import readable
from opale.organisation.models import Person
from opale.run.desk.models import Ticket
from opale.run.events.models import Integration
from opale.run.telephone.states import CallState, Direction, Dismissal, FollowUp, SignalKind

BY_CUSTOMER: dict[str, str] = {"customers": "customer_id"}


class TelephoneQuerySet(OwnedQuerySet[M]):
    read_right = "telephone.read"


SIGNAL_COLUMNS = (
    *("state", "number", "number_e164", "line", "queue", "users", "rings_at"),
    *("cause", "began_at", "answered_at", "ended_at"),
)
"""What the telephone system tells of a call. Its signals are the history of that, and are kept for
a shorter time than what people did."""


@tracked(exclude=SIGNAL_COLUMNS)
class Call(models.Model):
    """A call with somebody outside. `number` is theirs as the telephone system wrote it,
    `number_e164` the same normalised; `line` is ours.

    Without integration it was noted by hand, and its length is unknown. `customer` and `contact`
    have exactly this number, or were named by an agent; they are never guessed. `trail` are the
    tickets that it was on before those were merged.
    """

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    integration = models.ForeignKey(
        Integration, on_delete=models.PROTECT, null=True, related_name="+"
    )
    external_id = models.CharField(max_length=250, blank=True)
    direction = models.CharField(max_length=3, choices=Direction.choices)
    state = models.CharField(max_length=10, choices=CallState.choices)
    number = models.CharField(max_length=64, blank=True)
    number_e164 = models.CharField(max_length=16, blank=True)
    line = models.CharField(max_length=64, blank=True)
    queue = models.CharField(max_length=100, blank=True)
    users = ArrayField(models.CharField(max_length=100), default=list)
    rings_at = ArrayField(models.BigIntegerField(), default=list)
    cause = models.CharField(max_length=40, blank=True)
    began_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    agent = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, null=True, related_name="+")
    ticket = models.ForeignKey(
        Ticket, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    trail = ArrayField(models.BigIntegerField(), default=list)
    follow_up = models.CharField(max_length=10, choices=FollowUp.choices, default=FollowUp.NONE)
    followed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    followed_at = models.DateTimeField(null=True)
    dismissal = models.CharField(max_length=20, choices=Dismissal.choices, blank=True)

    objects = TelephoneQuerySet["Call"].as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["integration", "external_id"],
                condition=Q(integration__isnull=False),
                name="call_once",
            ),
            models.CheckConstraint(
                condition=Q(follow_up="dismissed") & ~Q(dismissal="")
                | ~Q(follow_up="dismissed") & Q(dismissal=""),
                name="call_dismissed_says_why",
            ),
            models.CheckConstraint(
                condition=Q(contact=None) | Q(customer__isnull=False),
                name="call_contact_has_customer",
            ),
            models.CheckConstraint(
                condition=~Q(follow_up__in=["taken", "done"]) | Q(followed_at__isnull=False),
                name="call_followed_is_dated",
            ),
        )
        indexes = (
            models.Index(fields=["-began_at", "-id"], name="call_newest"),
            models.Index(
                fields=["began_at", "id"],
                condition=Q(follow_up__in=["open", "taken"]),
                name="call_to_call_back",
            ),
            models.Index(
                fields=["began_at", "id"],
                condition=Q(state__in=["ringing", "answered"]),
                name="call_going_on",
            ),
            models.Index(fields=["ticket"], condition=Q(ticket__isnull=False), name="call_ticket"),
            models.Index(
                fields=["number_e164", "-began_at"],
                condition=~Q(number_e164=""),
                name="call_number",
            ),
        )

    def __str__(self) -> str:
        return self.shown_number

    @property
    def shown_number(self) -> str:
        """The other party's number as people read it; "" where it is hidden."""
        if self.number_e164:
            return readable(self.number_e164)
        return self.number if any(sign.isdigit() for sign in self.number) else ""

    @property
    def by_hand(self) -> bool:
        return self.integration_id is None

    @property
    def length(self) -> timedelta | None:
        """How long they spoke, where known."""
        if self.by_hand or self.answered_at is None or self.ended_at is None:
            return None
        return self.ended_at - self.answered_at

    @property
    def waited(self) -> timedelta | None:
        """How long it rang before it was answered or given up."""
        until = self.answered_at or self.ended_at
        return None if self.by_hand or until is None else until - self.began_at


class HeardSignal(models.Model):
    """A signal of a telephone system, as received. Append-only; a repeated one is stored once."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="signals")
    kind = models.CharField(max_length=10, choices=SignalKind.choices)
    received_at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    raw = models.JSONField()

    class Meta:
        ordering = ("received_at", "id")
        constraints = (models.UniqueConstraint(fields=["call", "digest"], name="signal_kept_once"),)
        indexes = (models.Index(fields=["received_at"], name="signal_received"),)


class LineQuerySet(TelephoneQuerySet["Line"]):
    pass


@tracked(creation=True)
class Line(models.Model):
    """A name under which a telephone system knows a person: an extension, a login, a number."""

    reach_paths: ClassVar[dict[str, str]] = {"person": "person_id"}

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("Extension or login"), max_length=100)

    objects = LineQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        constraints = (models.UniqueConstraint(Lower("name"), name="line_of_one_person"),)

    def __str__(self) -> str:
        return self.name
