"""Notices to customers: who chose them, and what was sent."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opale.customers.models import Contact, Customer, SupportPlan
from opale.kernel.clock import now
from opale.kernel.history import tracked
from opale.organisation.models import Language
from opale.run.desk.models.base import BY_CUSTOMER, DeskQuerySet
from opale.run.desk.models.conversation import Message
from opale.run.desk.models.ticket import Ticket


@tracked(creation=True)
class NoticeChoice(models.Model):
    """Notice choices of a contact, of a customer, or of the customers of a plan: the nearest
    counts.

    `wanted` and `unwanted` name `domain.notices.NOTICE_TYPES`; a type in neither is left to the
    next level above. `language` is that of a contact's notices, "" for the contact's own.
    """

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    plan = models.ForeignKey(SupportPlan, on_delete=models.CASCADE, null=True, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, null=True, related_name="+")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, null=True, related_name="+")
    wanted = ArrayField(models.CharField(max_length=30), default=list, verbose_name=_("Sent"))
    unwanted = ArrayField(models.CharField(max_length=30), default=list, verbose_name=_("Not sent"))
    language = models.CharField(
        _("Language"), max_length=2, choices=Language.choices, blank=True, default=""
    )

    objects = DeskQuerySet["NoticeChoice"].as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["plan", "customer", "contact"],
                nulls_distinct=False,
                name="notice_choice_once",
            ),
            models.CheckConstraint(
                condition=Q(plan__isnull=False, customer=None, contact=None)
                | Q(plan=None, customer__isnull=False),
                name="notice_choice_of_somebody",
            ),
        )


class Notice(models.Model):
    """A notice sent to one contact, or a person's message in its place: it is told once.

    `about` is when the event happened.
    """

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="notices")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+")
    occasion = models.CharField(max_length=30)
    about = models.DateTimeField()
    address = models.CharField(max_length=320)
    message = models.ForeignKey(
        Message, on_delete=models.PROTECT, related_name="notices", db_index=False
    )
    at = models.DateTimeField(default=now)

    objects = DeskQuerySet["Notice"].as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["ticket", "contact", "occasion", "about"], name="notice_once"
            ),
        )
        indexes = (models.Index(fields=["address", "-at"], name="notice_of_address"),)
