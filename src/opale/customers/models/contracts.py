"""Contracts, and what they give: plans, options, commitments and hours, all dated."""

from calendar import monthrange
from datetime import date, timedelta
from typing import ClassVar, Final

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.customers.models.base import BY_CUSTOMER, CustomersQuerySet
from opale.customers.models.parties import Customer
from opale.customers.models.plans import Coverage, Measure, SupportPlan
from opale.customers.models.services import Service
from opale.kernel.history import tracked

LONGEST_NOTICE: Final = 36
"""Months."""


@tracked(creation=True)
class Contract(models.Model):
    """A contract. `period` is from the first day in force to the first day without it.

    Without an end it runs on. `notice_months` before its end it can no longer be changed; none: not
    agreed.
    Source: docs/rules/renewals.md.
    """

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    customer = models.ForeignKey(
        Customer, verbose_name=_("Customer"), on_delete=models.PROTECT, related_name="contracts"
    )
    number = models.CharField(_("Number"), max_length=40, unique=True)
    signed_on = models.DateField(_("Signed on"))
    period = DateRangeField(_("Period"))
    notice_months = models.PositiveSmallIntegerField(
        pgettext_lazy("of a contract", "Notice in months"), null=True, blank=True
    )

    objects = CustomersQuerySet["Contract"].as_manager()

    class Meta:
        ordering = ("-signed_on", "number")
        constraints = (
            models.CheckConstraint(
                condition=Q(notice_months__lte=LONGEST_NOTICE), name="contract_notice_in_reason"
            ),
        )

    def __str__(self) -> str:
        return self.number

    @property
    def decide_by(self) -> date | None:
        """Return the last day on which it can be renewed, changed or ended; None without an end."""
        ends: date | None = self.period.upper
        return last_day_of_notice(ends, self.notice_months or 0) if ends is not None else None

    def is_notice_over(self, on: date) -> bool:
        """Return whether it can no longer be renewed, changed or ended, and has not ended yet."""
        decide_by = self.decide_by
        return decide_by is not None and decide_by < on < self.period.upper


def last_day_of_notice(ends: date, months: int) -> date:
    """Return the day so many months before the end, and still on the day before it."""
    year, month = divmod(ends.year * 12 + ends.month - 1 - months, 12)
    return date(year, month + 1, min(ends.day, monthrange(year, month + 1)[1])) - timedelta(days=1)


@tracked(creation=True)
class ContractedPlan(models.Model):
    """The support plan that a contract gives a service during a period."""

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    customer = models.ForeignKey(
        Customer, verbose_name=_("Customer"), on_delete=models.PROTECT, related_name="+"
    )
    contract = models.ForeignKey(
        Contract, verbose_name=_("Contract"), on_delete=models.PROTECT, related_name="plans"
    )
    service = models.ForeignKey(
        Service, verbose_name=_("Service"), on_delete=models.PROTECT, related_name="plans"
    )
    plan = models.ForeignKey(
        SupportPlan, verbose_name=_("Support plan"), on_delete=models.PROTECT, related_name="+"
    )
    period = DateRangeField(_("Period"))

    objects = CustomersQuerySet["ContractedPlan"].as_manager()

    class Meta:
        constraints = (
            ExclusionConstraint(
                name="one_plan_per_service_a_day",
                expressions=[
                    ("service", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
        )


@tracked(creation=True)
class ContractOption(models.Model):
    """A dated option on a contract, or on one of its services."""

    class Kind(models.TextChoices):
        PREMIUM = "premium", _("Premium")

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    customer = models.ForeignKey(
        Customer, verbose_name=_("Customer"), on_delete=models.PROTECT, related_name="+"
    )
    contract = models.ForeignKey(
        Contract, verbose_name=_("Contract"), on_delete=models.PROTECT, related_name="options"
    )
    service = models.ForeignKey(
        Service,
        verbose_name=_("Service"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="options",
    )
    kind = models.CharField(_("Kind"), max_length=20, choices=Kind.choices)
    period = DateRangeField(_("Period"))

    objects = CustomersQuerySet["ContractOption"].as_manager()


@tracked(creation=True)
class SoldCommitment(models.Model):
    """A commitment sold beyond the plan: GTI, GTR or availability of a service or of a contract.

    A row for a service wins over one for the contract, one for a priority over one for all.
    `penalty` is the clause in words, `penalty_terms` what it comes to:
    `{"steps": [{"below": "99.9", "percent": "5"}, ...], "cap": "20"}` of the month's fee for an
    availability, `{"per_hour": "2", "cap": "20"}` for each hour begun beyond a GTR.
    Source: docs/rules/clocks.md.
    """

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    customer = models.ForeignKey(
        Customer, verbose_name=_("Customer"), on_delete=models.PROTECT, related_name="+"
    )
    contract = models.ForeignKey(
        Contract, verbose_name=_("Contract"), on_delete=models.PROTECT, related_name="commitments"
    )
    service = models.ForeignKey(
        Service,
        verbose_name=_("Service"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="commitments",
    )
    measure = models.CharField(_("Measure"), max_length=20, choices=Measure.choices)
    priority = models.PositiveSmallIntegerField(_("Priority"), null=True, blank=True)
    target = models.DurationField(_("Time promised"), null=True, blank=True)
    percent = models.DecimalField(
        _("Availability (%)"), max_digits=6, decimal_places=3, null=True, blank=True
    )
    coverage = models.CharField(_("Coverage"), max_length=20, choices=Coverage.choices)
    penalty = models.CharField(_("Penalty"), max_length=300, blank=True)
    penalty_terms = models.JSONField(_("Penalty terms"), default=dict, blank=True)
    period = DateRangeField(_("Period"))

    objects = CustomersQuerySet["SoldCommitment"].as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(measure="availability", percent__isnull=False, target__isnull=True)
                | ~Q(measure="availability") & Q(percent__isnull=True, target__isnull=False),
                name="commitment_has_its_figure",
            ),
        )


@tracked(creation=True)
class ContractedHours(models.Model):
    """Hours of work that a contract includes during a period."""

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    customer = models.ForeignKey(
        Customer, verbose_name=_("Customer"), on_delete=models.PROTECT, related_name="+"
    )
    contract = models.ForeignKey(
        Contract, verbose_name=_("Contract"), on_delete=models.PROTECT, related_name="hours"
    )
    hours = models.DecimalField(_("Hours included"), max_digits=8, decimal_places=2)
    period = DateRangeField(_("Period"))

    objects = CustomersQuerySet["ContractedHours"].as_manager()

    class Meta:
        constraints = (
            ExclusionConstraint(
                name="hours_of_a_contract_once_a_day",
                expressions=[
                    ("contract", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
        )
