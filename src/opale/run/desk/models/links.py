from typing import ClassVar

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from opale.customers.models import Contact, Customer
from opale.infrastructure.models import Supplier
from opale.kernel.clock import now
from opale.kernel.history import tracked
from opale.organisation.models import Person, Team
from opale.run.desk.models.base import BY_CUSTOMER, DeskQuerySet
from opale.run.desk.models.conversation import Message
from opale.run.desk.models.ticket import Ticket
from opale.run.events.models import Alert


@tracked()
class TicketAlert(models.Model):
    """An alert handled by a ticket. Stored here: alerts do not know tickets."""

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="alert_links")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="ticket_links")
    linked_at = models.DateTimeField(default=now)

    objects = DeskQuerySet["TicketAlert"].as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["ticket", "alert"], name="ticket_alert_once"),
        )


@tracked()
class TicketLink(models.Model):
    """A link between two tickets, read from left to right: this ticket is `kind` that one."""

    class Kind(models.TextChoices):
        CHILD_OF = "child_of", _("Child of")
        CAUSED_BY = "caused_by", _("Caused by")
        DUPLICATE_OF = "duplicate_of", _("Duplicate of")
        RELATED_TO = "related_to", _("Related to")

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="links")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    other = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="linked_from")
    actor = models.CharField(max_length=64)
    at = models.DateTimeField(default=now)

    objects = DeskQuerySet["TicketLink"].as_manager()

    class Meta:
        ordering = ("kind", "at", "id")
        constraints = (
            models.UniqueConstraint(fields=["ticket", "kind", "other"], name="link_once"),
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(kind="child_of"), name="one_parent"
            ),
            models.CheckConstraint(condition=~Q(ticket=F("other")), name="link_to_another"),
        )


@tracked()
class ExternalReference(models.Model):
    """The number of this ticket in somebody else's system."""

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="references")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    party = models.CharField(max_length=100)
    number = models.CharField(max_length=60)
    url = models.URLField(max_length=500, blank=True)
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, null=True, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=64)
    at = models.DateTimeField(default=now)

    objects = DeskQuerySet["ExternalReference"].as_manager()

    class Meta:
        ordering = ("party", "number")
        constraints = (
            models.UniqueConstraint(fields=["ticket", "party", "number"], name="reference_once"),
        )
        indexes = (
            models.Index(
                OpClass(Lower("number"), name="text_pattern_ops"), name="reference_number"
            ),
        )


@tracked(exclude=["told_at"])
class Watcher(models.Model):
    """A follower of a ticket: a colleague, or another contact of the customer.

    Changes up to `told_at` were sent in a digest.
    """

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="watchers")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, null=True, related_name="+")
    since = models.DateTimeField(default=now)
    told_at = models.DateTimeField(default=now, db_default=Now())

    objects = DeskQuerySet["Watcher"].as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(person__isnull=False, contact=None)
                | Q(person=None, contact__isnull=False),
                name="watcher_is_somebody",
            ),
            models.UniqueConstraint(
                fields=["ticket", "person", "contact"],
                nulls_distinct=False,
                name="watcher_once",
            ),
        )


@tracked()
class Merge(models.Model):
    """A ticket merged into another. `before` is the state that an undo restores."""

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="merges")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    into = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="absorbed")
    before = models.JSONField(default=dict)
    actor = models.CharField(max_length=64)
    actor_name = models.CharField(max_length=200)
    at = models.DateTimeField(default=now)
    undone_at = models.DateTimeField(null=True)

    objects = DeskQuerySet["Merge"].as_manager()

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(undone_at=None), name="merged_once"
            ),
            models.CheckConstraint(condition=~Q(ticket=F("into")), name="merged_into_another"),
        )


@tracked()
class MessageMove(models.Model):
    """A message moved from one ticket to another, by itself or with a split or a merge."""

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="moves")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    origin = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+")
    copied_from = models.ForeignKey(
        Message, on_delete=models.PROTECT, null=True, related_name="copies"
    )
    merge = models.ForeignKey(Merge, on_delete=models.PROTECT, null=True, related_name="moves")
    actor = models.CharField(max_length=64)
    actor_name = models.CharField(max_length=200)
    at = models.DateTimeField(default=now)
    undone_at = models.DateTimeField(null=True)

    objects = DeskQuerySet["MessageMove"].as_manager()

    class Meta:
        ordering = ("at", "id")
