from functools import cache
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from opale.kernel.actor import Actor
from opale.kernel.clock import now
from opale.kernel.history import tracked
from opale.kernel.owned import OwnedQuerySet
from opale.kernel.reference_cache import cached
from opale.organisation.rights import Function, Pillar


class Language(models.TextChoices):
    FRENCH = "fr", _("French")
    ENGLISH = "en", _("English")


class CalendarQuerySet(OwnedQuerySet["WorkingCalendar"]):
    read_right = "organisation.read"


class CompanyQuerySet(OwnedQuerySet["Company"]):
    read_right = "organisation.read"


@tracked(creation=True)
class WorkingCalendar(models.Model):
    """Weekly intervals, public holidays and dated exceptions: read by `kernel.business_time`.

    `record` is what `business_time.Calendar.from_record` reads.
    """

    name = models.CharField(_("Name"), max_length=100, unique=True)
    record = models.JSONField(_("Hours"))

    objects = CalendarQuerySet.as_manager()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


@tracked(creation=True)
class Company(models.Model):
    """A company of the group."""

    class State(models.TextChoices):
        OPEN = "open"
        CLOSED = "closed"

    name = models.CharField(_("Name"), max_length=100, unique=True)
    country = models.CharField(_("Country"), max_length=2)
    language = models.CharField(_("Language"), max_length=2, choices=Language.choices)
    time_zone = models.CharField(_("Time zone"), max_length=64, default="Europe/Paris")
    calendar = models.ForeignKey(
        WorkingCalendar,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("Working calendar"),
    )
    operates = models.BooleanField(_("Operates the service"), default=False)
    closed_on = models.DateField(_("Closed on"), null=True, blank=True)

    objects = CompanyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "companies"
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(
                fields=["operates"], condition=Q(operates=True), name="one_operating_company"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def state(self) -> str:
        return self.State.OPEN if self.closed_on is None else self.State.CLOSED


@cached(2000)
def _remembered_user(key: int) -> tuple[Any, ...] | None:
    return User.objects.filter(pk=key).values_list(*_columns()).first()


@cache
def _columns() -> tuple[str, ...]:
    """Return all columns but `last_login`, which changes with each login and is read on demand."""
    fields = User._meta.concrete_fields
    return tuple(field.attname for field in fields if field.name != "last_login")


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db, force_insert=True)
        return user

    def get(self, *args: Any, **kwargs: Any) -> "User":
        """Return a row; by its key alone, as each request does, it is cached until it changes."""
        if args or kwargs.keys() != {"pk"} or not isinstance(kwargs["pk"], int):
            return super().get(*args, **kwargs)
        found = _remembered_user(kwargs["pk"])
        if found is None:
            raise self.model.DoesNotExist
        return self.model.from_db(self.db, _columns(), found)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


@tracked(creation=True, exclude=["last_login", "password"])
class User(AbstractBaseUser):
    """A login of a person (employee) or a customer's contact; each has one at most."""

    class Kind(models.TextChoices):
        EMPLOYEE = "employee", _("Employee")
        CONTACT = "contact", _("Customer contact")

    email = models.EmailField(_("Email address"), unique=True)
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind.choices, default=Kind.EMPLOYEE)
    language = models.CharField(
        _("Language"), max_length=2, choices=Language.choices, default=Language.FRENCH
    )
    time_zone = models.CharField(_("Time zone"), max_length=64, default="Europe/Paris")
    is_active = models.BooleanField(_("May log in"), default=True)
    created_at = models.DateTimeField(default=now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = (models.UniqueConstraint(Lower("email"), name="user_email_once"),)

    def __str__(self) -> str:
        return self.email


class PersonQuerySet(OwnedQuerySet["Person"]):
    read_right = "organisation.read"


@tracked(creation=True)
class Person(models.Model):
    """An employee of a company of the group."""

    class Seniority(models.TextChoices):
        JUNIOR = "junior", _("Junior")
        CONFIRMED = "confirmed", _("Confirmed")
        SENIOR = "senior", _("Senior")

    reach_paths: ClassVar[dict[str, str]] = {"person": "id"}

    user = models.OneToOneField(
        User, on_delete=models.PROTECT, null=True, related_name="person", verbose_name=_("Login")
    )
    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, related_name="people", verbose_name=_("Company")
    )
    name = models.CharField(_("Name"), max_length=100)
    email = models.EmailField(_("Email address"), unique=True)
    phone = models.CharField(_("Telephone"), max_length=32, blank=True)
    languages = models.JSONField(_("Languages"), default=list)
    seniority = models.CharField(_("Seniority"), max_length=10, choices=Seniority.choices)
    time_zone = models.CharField(_("Time zone"), max_length=64, default="Europe/Paris")
    calendar = models.ForeignKey(
        WorkingCalendar,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("Working calendar"),
    )
    job_title = models.CharField(_("Job title"), max_length=100, blank=True)
    left_on = models.DateField(_("Left on"), null=True, blank=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "people"
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name

    @property
    def initials(self) -> str:
        words = [word for word in self.name.split() if word[:1].isalpha()]
        return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words))


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


class SkillQuerySet(OwnedQuerySet["Skill"]):
    read_right = "organisation.read"


@tracked(creation=True)
class Skill(models.Model):
    name = models.CharField(_("Name"), max_length=100, unique=True)
    family = models.CharField(_("Family"), max_length=100, blank=True)

    objects = SkillQuerySet.as_manager()

    class Meta:
        ordering = ("family", "name")

    def __str__(self) -> str:
        return self.name


class PersonSkillQuerySet(OwnedQuerySet["PersonSkill"]):
    read_right = "organisation.read"


@tracked(creation=True)
class PersonSkill(models.Model):
    reach_paths: ClassVar[dict[str, str]] = {"person": "person_id"}

    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="skills", verbose_name=_("Person")
    )
    skill = models.ForeignKey(
        Skill, on_delete=models.PROTECT, related_name="holders", verbose_name=_("Skill")
    )
    level = models.PositiveSmallIntegerField(_("Level"))
    valid_until = models.DateField(_("Valid until"), null=True, blank=True)

    objects = PersonSkillQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["person", "skill"], name="person_skill_once"),
            models.CheckConstraint(
                condition=Q(level__gte=1) & Q(level__lte=5), name="skill_level_is_1_to_5"
            ),
        )


class AbsenceQuerySet(OwnedQuerySet["Absence"]):
    read_right = "organisation.read"


@tracked(creation=True)
class Absence(models.Model):
    """A time at which a person does not work; only that person and administrators see its kind."""

    reach_paths: ClassVar[dict[str, str]] = {"person": "person_id"}

    class Kind(models.TextChoices):
        LEAVE = "leave", _("Time off")
        SICKNESS = "sickness", _("Sickness")
        TRAINING = "training", _("Training")
        OTHER = "other", _("Other")

    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="absences", verbose_name=_("Person")
    )
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind.choices)
    period = DateTimeRangeField(_("Period"))

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        constraints = (
            ExclusionConstraint(
                name="one_absence_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
        )


class ApiTokenQuerySet(OwnedQuerySet["ApiToken"]):
    read_right = "organisation.tokens"


class ApiToken(models.Model):
    """A credential for programs. Only its hash is kept; `scopes` narrow the user's own rights."""

    class State(models.TextChoices):
        VALID = "valid", _("Valid")
        EXPIRED = "expired", _("Expired")
        REVOKED = "revoked", _("Revoked")

    reach_paths: ClassVar[dict[str, str]] = {"user": "user_id"}

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="token_expires_later"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def state(self) -> str:
        if self.revoked_at is not None:
            return self.State.REVOKED
        return self.State.VALID if self.expires_at > now() else self.State.EXPIRED


class ListingViewQuerySet(models.QuerySet["ListingView"]):
    def visible_to(self, actor: Actor) -> Self:
        """Return the actor's own views of lists, and shared ones.

        Whoever opens a list has its right already: a shared view is shared with all of them.
        Contacts of customers can neither save nor see views.
        """
        if actor.person_id is None:
            return self.none()
        return self.filter(Q(person_id=actor.person_id) | Q(shared=True), removed_at=None)


@tracked(creation=True)
class ListingView(models.Model):
    """A person's saved view of a list: filters, order and columns, as in its address.

    The one without a name, once for a person and a list, holds the list's default columns.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="listing_views")
    listing = models.CharField(max_length=60)
    name = models.CharField(_("Name"), max_length=60, blank=True)
    query = models.CharField(max_length=2000, blank=True)
    shared = models.BooleanField(_("Shared"), default=False)
    removed_at = models.DateTimeField(null=True)

    objects = ListingViewQuerySet.as_manager()

    class Meta:
        ordering = ("name", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["person", "listing"], condition=Q(name=""), name="listing_columns_once"
            ),
            models.CheckConstraint(
                condition=Q(shared=False) | ~Q(name=""), name="listing_columns_are_ones_own"
            ),
        )
        indexes = (
            models.Index(
                fields=["listing", "person"], condition=Q(removed_at=None), name="listing_view_own"
            ),
            models.Index(
                fields=["listing"],
                condition=Q(removed_at=None, shared=True),
                name="listing_view_shared",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def keeper(self) -> str:
        return self.person.name
