"""Support plans, sold in dated versions."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from opale.customers.models.base import CustomersQuerySet
from opale.kernel.history import tracked


class Stream(models.TextChoices):
    CORPORATE = "corporate", _("Corporate")
    SOLUTION = "solution", _("Solution")


class Coverage(models.TextChoices):
    CUSTOMER_HOURS = "customer_hours", _("Business hours of the customer")
    ALWAYS = "always", _("24/7")


class Measure(models.TextChoices):
    ACKNOWLEDGE = "acknowledge", _("Time to intervene (GTI)")
    FIRST_RESPONSE = "first_response", _("First response")
    UPDATE = "update", _("Periodic update")
    RESTORE = "restore", _("Time to restore (GTR)")
    RESOLVE = "resolve", _("Time to resolve")
    AVAILABILITY = "availability", _("Availability")


class ClocksShown(models.TextChoices):
    """What a customer sees of the clocks of its tickets."""

    NONE = "none", _("Nothing")
    PROMISES = "promises", _("Due times")
    OUTCOMES = "outcomes", _("Due times and SLA results")


@tracked(creation=True)
class SupportPlan(models.Model):
    """A kind of support that is sold; its content is in dated versions."""

    code = models.CharField(_("Code"), max_length=20, unique=True)
    name_en = models.CharField(_("English name"), max_length=100)
    name_fr = models.CharField(_("French name"), max_length=100)

    objects = CustomersQuerySet["SupportPlan"].as_manager()

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.code


@tracked(creation=True)
class SupportPlanVersion(models.Model):
    """A plan as it is sold during a period. A ticket keeps the version of its day.

    `matrix[impact][urgency]` is the priority, impact and urgency being "1" to "3" and the priority
    1 (highest) to 5; `premium_matrix` replaces it under the Premium option.
    Source: docs/rules/priority.md.
    """

    plan = models.ForeignKey(
        SupportPlan,
        verbose_name=_("Support plan"),
        on_delete=models.PROTECT,
        related_name="versions",
    )
    period = DateRangeField(_("Period"))
    stream = models.CharField(_("Stream"), max_length=10, choices=Stream.choices)
    coverage = models.CharField(_("Coverage"), max_length=20, choices=Coverage.choices)
    matrix = models.JSONField(_("Priorities"))
    premium_matrix = models.JSONField(_("Priorities under Premium"))
    clocks_shown = models.CharField(
        _("What customers see of their SLA"),
        max_length=10,
        choices=ClocksShown.choices,
        default=ClocksShown.PROMISES,
    )
    exceptional_interventions = models.BooleanField(_("Interventions outside hours"), default=False)

    objects = CustomersQuerySet["SupportPlanVersion"].as_manager()

    class Meta:
        ordering = ("-period",)
        constraints = (
            ExclusionConstraint(
                name="one_version_of_a_plan_a_day",
                expressions=[
                    ("plan", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
        )


class PlanTarget(models.Model):
    """The time promised for one measure and priority, with or without Premium."""

    version = models.ForeignKey(
        SupportPlanVersion,
        verbose_name=_("Version"),
        on_delete=models.CASCADE,
        related_name="targets",
    )
    premium = models.BooleanField(_("Premium"), default=False)
    measure = models.CharField(_("Measure"), max_length=20, choices=Measure.choices)
    priority = models.PositiveSmallIntegerField(_("Priority"))
    target = models.DurationField(_("Time promised"))
    coverage = models.CharField(_("Coverage"), max_length=20, choices=Coverage.choices)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["version", "premium", "measure", "priority"], name="plan_target_once"
            ),
        )
