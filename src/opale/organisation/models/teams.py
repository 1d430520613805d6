"""Teams, and who is a member of which, dated."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from opale.kernel.history import tracked
from opale.kernel.owned import OwnedQuerySet
from opale.organisation.models.companies import Company
from opale.organisation.models.people import Person
from opale.organisation.rights import Function, Pillar


class TeamQuerySet(OwnedQuerySet["Team"]):
    read_right = "organisation.read"


@tracked(creation=True)
class Team(models.Model):
    """A team that holds one function; a virtual team gathers people of several companies.

    `manager` is responsible when no other person is, so that every ticket has an owner.
    """

    class Kind(models.TextChoices):
        SOLUTION_ARCHITECTURE = "build.solution_architecture", _("Solution architecture")
        INTEGRATION_PROJECTS = "build.integration_projects", _("Integration projects")
        BUILD_ENGINEERING = "build.engineering", _("BUILD engineering")
        PROVISIONING = "build.provisioning", _("Provisioning")
        SERVICE_DESK = "run.service_desk", _("Service desk")
        RUN_ENGINEERING = "run.engineering", _("RUN engineering")
        SERVICE_MANAGEMENT = "run.service_management", _("Service management")
        CORE_INFRASTRUCTURE = "technical.core_infrastructure", _("Core infrastructure")
        TOOLS = "technical.tools", _("BSS and OSS tools")
        INTERNAL_IT = "technical.internal_it", _("Internal network and equipment")
        OTHER = "general.other", _("Other")

    reach_paths: ClassVar[dict[str, str]] = {"teams": "id"}

    name = models.CharField(_("Name"), max_length=100, unique=True)
    kind = models.CharField(_("Function of the team"), max_length=40, choices=Kind.choices)
    pillar = models.CharField(_("Pillar"), max_length=10, choices=Pillar.choices)
    virtual = models.BooleanField(_("Virtual team of the group"), default=False)
    purpose = models.CharField(_("Purpose"), max_length=300, blank=True)
    manager = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="manages", verbose_name=_("Manager")
    )
    company = models.ForeignKey(
        Company,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="teams",
        verbose_name=_("Company"),
    )
    closed_on = models.DateField(_("Closed on"), null=True, blank=True)

    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering = ("pillar", "kind", "name")
        constraints = (
            models.CheckConstraint(
                condition=Q(virtual=True) | Q(company__isnull=False),
                name="team_virtual_or_of_one_company",
            ),
        )

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(OwnedQuerySet["Membership"]):
    read_right = "organisation.read"


@tracked(creation=True)
class Membership(models.Model):
    """A person's place in a team, dated, with the function held there."""

    reach_paths: ClassVar[dict[str, str]] = {"teams": "team_id", "person": "person_id"}

    class Role(models.TextChoices):
        MEMBER = "member", _("Member")
        LEAD = "lead", _("Lead")
        MANAGER = "manager", _("Manager")

    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("Team")
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("Person")
    )
    function = models.CharField(_("Function"), max_length=20, choices=Function.choices)
    role = models.CharField(_("Role"), max_length=10, choices=Role.choices, default=Role.MEMBER)
    share_percent = models.PositiveSmallIntegerField(_("Share of working time (%)"), default=100)
    period = DateTimeRangeField(_("Period"))

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = (
            ExclusionConstraint(
                name="one_membership_at_a_time",
                expressions=[
                    ("team", RangeOperators.EQUAL),
                    ("person", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(share_percent__gte=1) & Q(share_percent__lte=100),
                name="membership_share_is_a_percentage",
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id}@{self.team_id}"

    @property
    def name(self) -> str:
        return gettext("%(person)s in %(team)s") % {"person": self.person, "team": self.team}
