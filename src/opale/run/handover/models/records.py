"""The record of a change of shift, and its tickets."""

from datetime import timedelta
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opale.customers.models import Customer
from opale.kernel.clock import now
from opale.kernel.fulltext import SearchWords
from opale.kernel.owned import OwnedQuerySet
from opale.organisation.models import Person, Team
from opale.run.desk.models import BY_CUSTOMER, DeskQuerySet, Ticket
from opale.run.handover.rights import READ
from opale.run.handover.states import HandoverState, ItemState, RefusalReason


class HandoverQuerySet(OwnedQuerySet["Handover"]):
    read_right = READ


class Handover(models.Model):
    """The handover from those who leave to those who arrive, when their duties end.

    Open until both leads have signed; after that the database refuses changes. `situation` is the
    state beside the tickets at the signature, `words` the text by which the record is found.
    Source: docs/rules/handover.md.
    """

    class Kind(models.TextChoices):
        CHANGE = "change", _("Change of shift")
        EARLY = "early", _("Early departure")
        ABSENCE = "absence", _("Unplanned absence")

    reach_paths: ClassVar[dict[str, str]] = {"teams": "team_id"}
    FURTHEST: ClassVar[timedelta] = timedelta(hours=24)
    """How early the record of a change may be prepared by hand."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.CHANGE)
    ends_at = models.DateTimeField()
    state = models.CharField(
        max_length=10, choices=HandoverState.choices, default=HandoverState.OPEN
    )
    leaver_ids = ArrayField(models.BigIntegerField(), default=list)
    leaving_lead = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    arriving_lead = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    prepared_at = models.DateTimeField(default=now)
    passed_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    left_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    arrived_at = models.DateTimeField(null=True)
    arrived_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)
    situation = models.JSONField(default=dict)
    words = models.TextField(blank=True)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["team", "ends_at", "kind"], name="handover_once"),
            models.CheckConstraint(
                condition=Q(
                    state="signed",
                    left_at__isnull=False,
                    arrived_at__isnull=False,
                    signed_at__isnull=False,
                )
                | ~Q(state="signed") & Q(signed_at=None),
                name="handover_signed_by_both",
            ),
        )
        indexes = (
            models.Index(fields=["-ends_at", "-id"], name="handover_newest"),
            models.Index(fields=["team"], condition=Q(state="open"), name="handover_open"),
            GinIndex(SearchWords("words"), name="handover_words", fastupdate=False),
        )

    @property
    def is_open(self) -> bool:
        return self.state == HandoverState.OPEN

    @property
    def topic(self) -> str:
        return f"handover.handover:{self.pk}"


class HandoverItemQuerySet(DeskQuerySet["HandoverItem"]):
    """Items for who sees handovers; a confidential ticket's only for those involved in it."""

    read_right = READ


class HandoverItem(models.Model):
    """A ticket of a person who leaves: a card of its own while it is hot, else part of a block.

    `reasons` say why it is hot, `why` why that person is `proposed`; `told` is the content of the
    card, in codes and times. `note` is the leaver's word on what comes next.
    """

    class Place(models.TextChoices):
        CARD = "card", _("Ticket")
        BLOCK = "block", _("Batch")

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    handover = models.ForeignKey(
        Handover,
        on_delete=models.PROTECT,
        related_name="items",
        db_index=False,  # handover_item_once begins with it
    )
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    leaver = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    place = models.CharField(max_length=6, choices=Place.choices)
    reasons = ArrayField(models.CharField(max_length=12), default=list)
    state = models.CharField(max_length=12, choices=ItemState.choices, default=ItemState.WAITING)
    proposed = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    why = ArrayField(models.CharField(max_length=12), default=list)
    taker = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True)
    due_at = models.DateTimeField(null=True)
    told = models.JSONField(default=dict)

    objects = HandoverItemQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["handover", "ticket"], name="handover_item_once"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "gone"])
                | Q(taker__isnull=False, decided_at__isnull=False),
                name="handover_item_says_whose",
            ),
        )
        indexes = (
            models.Index(fields=["leaver", "-decided_at"], name="handover_item_leaver"),
            models.Index(
                fields=["proposed", "handover", "place"],
                condition=Q(state__in=["waiting", "with_lead", "with_manager"]),
                name="handover_item_proposed",
            ),
            # Of each open record the clock reads from the index alone what has changed.
            models.Index(
                fields=["handover", "state"],
                include=["id", "ticket", "taker", "place", "proposed"],
                condition=Q(state__in=["waiting", "with_lead", "with_manager"]),
                name="handover_item_unaccepted",
            ),
        )

    def __str__(self) -> str:
        return self.ticket.reference


class Refusal(models.Model):
    """A refusal of a card, with its reason. Append-only."""

    item = models.ForeignKey(HandoverItem, on_delete=models.PROTECT, related_name="refusals")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=10, choices=RefusalReason.choices)
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=now)

    objects = models.Manager["Refusal"]()

    class Meta:
        ordering = ("id",)


class SleepingTicket(models.Model):
    """A ticket accepted in a block, snoozed until anything happens on it.

    `since` is the moment after which anything written on the ticket wakes it.
    """

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()

    objects = DeskQuerySet["SleepingTicket"].as_manager()
