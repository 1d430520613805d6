from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q, TextField, Value
from django.db.models.functions import Right
from django.utils.translation import gettext_lazy as _

from opale.kernel.clock import now
from opale.kernel.history import tracked
from opale.kernel.owned import M, OwnedQuerySet
from opale.organisation.models import Language, Person, User, WorkingCalendar

BY_CUSTOMER: dict[str, str] = {"customers": "customer_id"}


class CustomersQuerySet(OwnedQuerySet[M]):
    read_right = "customers.read"


PHONE_DIGITS = 9
"""So many last digits tell telephone numbers apart, however the country is written."""


def last_digits(column: str) -> Right:
    """The end of a telephone number, without anything but digits."""
    digits = Func(
        F(column),
        Value(r"\D"),
        Value(""),
        Value("g"),
        function="regexp_replace",
        output_field=TextField(),
    )
    return Right(digits, PHONE_DIGITS)


@tracked(creation=True)
class Customer(models.Model):
    """Whoever signs a contract with the provider."""

    reach_paths: ClassVar[dict[str, str]] = {"customers": "id"}

    code = models.CharField(_("Code"), max_length=20, unique=True)
    name = models.CharField(_("Name"), max_length=200)
    language = models.CharField(_("Language"), max_length=2, choices=Language.choices)
    time_zone = models.CharField(_("Time zone"), max_length=64, default="Europe/Paris")
    calendar = models.ForeignKey(
        WorkingCalendar,
        verbose_name=_("Business hours"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    architect = models.ForeignKey(
        Person,
        verbose_name=_("Solution architect"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="portfolio",
    )
    service_manager = models.ForeignKey(
        Person,
        verbose_name=_("Service manager"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="managed_customers",
    )
    domains = models.JSONField(_("Mail domains"), default=list, blank=True)
    created_at = models.DateTimeField(default=now)
    left_on = models.DateField(_("Left on"), null=True, blank=True)

    objects = CustomersQuerySet["Customer"].as_manager()

    class Meta:
        ordering = ("name", "id")
        indexes = (
            GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], name="customer_name_trigrams"),
            GinIndex(fields=["domains"], opclasses=["jsonb_path_ops"], name="customer_domains"),
        )

    def __str__(self) -> str:
        return self.name


@tracked(creation=True)
class Contact(models.Model):
    """A person at a customer, with what that person may ask for there."""

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER | {"contact": "id"}

    customer = models.ForeignKey(
        Customer, verbose_name=_("Customer"), on_delete=models.PROTECT, related_name="contacts"
    )
    user = models.OneToOneField(
        User,
        verbose_name=_("Login"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="contact",
    )
    name = models.CharField(_("Name"), max_length=200)
    email = models.EmailField(_("Email address"), blank=True)
    phone = models.CharField(_("Telephone"), max_length=32, blank=True)
    language = models.CharField(_("Language"), max_length=2, choices=Language.choices)
    may_open = models.BooleanField(_("May open requests"), default=True)
    may_order = models.BooleanField(_("May order"), default=False)
    may_approve = models.BooleanField(_("May approve"), default=False)
    may_enter = models.BooleanField(_("May enter a datacentre"), default=False)
    left_on = models.DateField(_("Left on"), null=True, blank=True)

    objects = CustomersQuerySet["Contact"].as_manager()

    class Meta:
        ordering = ("name", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["customer", "email"],
                condition=~Q(email="") & Q(left_on__isnull=True),
                name="contact_email_once_per_customer",
            ),
        )
        indexes = (
            models.Index(fields=["email"], name="contact_email"),
            models.Index(last_digits("phone"), name="contact_phone_digits"),
        )

    def __str__(self) -> str:
        return self.name


class Stream(models.TextChoices):
    CORPORATE = "corporate", _("Corporate")
    SOLUTION = "solution", _("Solution")


class Coverage(models.TextChoices):
    CUSTOMER_HOURS = "customer_hours", _("Business hours of the customer")
    ALWAYS = "always", _("24 hours a day, 7 days a week")


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
    PROMISES = "promises", _("When each promise falls due")
    OUTCOMES = "outcomes", _("Due times, and what was kept or broken")


@tracked(creation=True)
class SupportPlan(models.Model):
    """What kind of support is sold; its content is in dated versions."""

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
        _("What customers see of their clocks"),
        max_length=10,
        choices=ClocksShown.choices,
        default=ClocksShown.PROMISES,
    )
    exceptional_interventions = models.BooleanField(
        _("Exceptional interventions outside hours"), default=False
    )

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


class Family(models.TextChoices):
    COLOCATION = "colocation", _("Colocation")
    CONNECTIVITY = "connectivity", _("Connectivity")
    VPN = "vpn", _("VPN")
    MANAGED_HOSTING = "managed_hosting", _("Managed hosting")
    OTHER = "other", _("Other")


@tracked(creation=True)
class Offering(models.Model):
    """An item of the catalogue."""

    code = models.CharField(_("Code"), max_length=40, unique=True)
    family = models.CharField(_("Family"), max_length=20, choices=Family.choices)
    name_en = models.CharField(_("English name"), max_length=200)
    name_fr = models.CharField(_("French name"), max_length=200)
    retired_on = models.DateField(_("Retired on"), null=True, blank=True)

    objects = CustomersQuerySet["Offering"].as_manager()

    class Meta:
        ordering = ("family", "code")

    def __str__(self) -> str:
        return self.code


@tracked(creation=True)
class Service(models.Model):
    """What a customer has bought and uses; a circuit or an access of a VPN is a child service."""

    class State(models.TextChoices):
        FEASIBILITY_CHECKED = "feasibilityChecked", _("Feasibility checked")
        DESIGNED = "designed", _("Designed")
        RESERVED = "reserved", _("Reserved")
        INACTIVE = "inactive", _("Inactive")
        ACTIVE = "active", _("Active")
        TERMINATED = "terminated", _("Terminated")

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    customer = models.ForeignKey(
        Customer, verbose_name=_("Customer"), on_delete=models.PROTECT, related_name="services"
    )
    offering = models.ForeignKey(
        Offering, verbose_name=_("Offering"), on_delete=models.PROTECT, related_name="services"
    )
    parent = models.ForeignKey(
        "self",
        verbose_name=_("Part of"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
    )
    reference = models.CharField(_("Service reference"), max_length=40, unique=True)
    name = models.CharField(_("Name"), max_length=200)
    state = models.CharField(
        _("State"), max_length=20, choices=State.choices, default=State.DESIGNED
    )
    started_on = models.DateField(_("In service since"), null=True, blank=True)
    ended_on = models.DateField(_("Ended on"), null=True, blank=True)
    monthly_fee = models.DecimalField(
        _("Monthly fee"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    currency = models.CharField(_("Currency"), max_length=3, default="EUR")

    objects = CustomersQuerySet["Service"].as_manager()

    class Meta:
        ordering = ("name", "id")
        indexes = (models.Index(fields=["customer", "state"], name="service_customer_state"),)

    def __str__(self) -> str:
        return self.name


@tracked(creation=True)
class Contract(models.Model):
    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    customer = models.ForeignKey(
        Customer, verbose_name=_("Customer"), on_delete=models.PROTECT, related_name="contracts"
    )
    number = models.CharField(_("Number"), max_length=40, unique=True)
    signed_on = models.DateField(_("Signed on"))
    period = DateRangeField(_("Period"))

    objects = CustomersQuerySet["Contract"].as_manager()

    class Meta:
        ordering = ("-signed_on", "number")

    def __str__(self) -> str:
        return self.number


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
