from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opale.customers.models import Coverage, Family, Offering
from opale.kernel.history import tracked
from opale.organisation.models import Team
from opale.run.desk.models.base import DeskQuerySet


class Authority(models.TextChoices):
    """What a contact must be entitled to for a request to be carried out."""

    OPEN = "open", _("Open requests")
    ORDER = "order", _("Place orders")
    APPROVE = "approve", _("Approve")
    ENTER = "enter", _("Enter a datacentre")


@tracked()
class RequestType(models.Model):
    """An entry of the request catalogue, with its form, approvers, routes and targets.

    `fields` is the form: a list of `{"name", "kind", "label_en", "label_fr", "required", ...}`.
    `routes` decides between request, RUN change and BUILD order: a list of
    `{"when": {...}, "route": ..., "because_en", "because_fr"}`, the first that holds.
    Source: docs/rules/request-catalogue.md.
    """

    class Audience(models.TextChoices):
        CUSTOMERS = "customers", _("Customers")
        EMPLOYEES = "employees", _("Employees")

    code = models.CharField(max_length=40, unique=True)
    name_en = models.CharField(max_length=120)
    name_fr = models.CharField(max_length=120)
    description_en = models.CharField(max_length=500, blank=True)
    description_fr = models.CharField(max_length=500, blank=True)
    audience = models.CharField(max_length=10, choices=Audience.choices)
    family = models.CharField(max_length=20, choices=Family.choices, blank=True)
    offering = models.ForeignKey(
        Offering, on_delete=models.PROTECT, null=True, blank=True, related_name="request_types"
    )
    authority = models.CharField(max_length=10, choices=Authority.choices, default=Authority.OPEN)
    fields = models.JSONField(default=list)
    routes = models.JSONField(default=list)
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    target = models.DurationField(null=True, blank=True)
    coverage = models.CharField(
        max_length=20, choices=Coverage.choices, default=Coverage.CUSTOMER_HOURS
    )
    retired_on = models.DateField(null=True, blank=True)

    objects: ClassVar = DeskQuerySet["RequestType"].as_manager()

    class Meta:
        ordering = ("audience", "family", "name_en")
        constraints = (
            models.CheckConstraint(
                condition=Q(offering=None) | Q(audience="customers"),
                name="offering_is_for_customers",
            ),
        )
