from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.customers.models import Customer
from opale.delivery.resources.rights import READ
from opale.delivery.resources.states import OPEN, RequestState
from opale.kernel.clock import now
from opale.kernel.history import tracked
from opale.kernel.owned import M, OwnedQuerySet
from opale.organisation.models import Person, Skill, Team
from opale.reservations.models import Reservation


class ResourcesQuerySet(OwnedQuerySet[M]):
    read_right = READ


@tracked(creation=True)
class ResourceRequest(models.Model):
    """A request for hours of a person with a skill, addressed to a team.

    `source` names the row of another app for which it is made (`projects.workpackage:12`).
    `answer_by` is when the lead's answer is due. `counter_on` is the day offered instead of
    `since`. Source: docs/rules/resource-requests.md.
    """

    reach_paths: ClassVar[dict[str, str]] = {"customers": "customer_id", "teams": "team_id"}

    team = models.ForeignKey(
        Team, verbose_name=_("Team"), on_delete=models.PROTECT, related_name="+"
    )
    customer = models.ForeignKey(
        Customer,
        verbose_name=_("Customer"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="resource_requests",
    )
    purpose = models.CharField(pgettext_lazy("a resource request", "Purpose"), max_length=200)
    source = models.CharField(max_length=60, blank=True)
    skill = models.ForeignKey(
        Skill, verbose_name=_("Skill"), on_delete=models.PROTECT, null=True, blank=True,
        related_name="+",
    )  # fmt: skip
    level = models.PositiveSmallIntegerField(_("Level"), default=1)
    hours = models.DecimalField(pgettext_lazy("of work", "Hours"), max_digits=7, decimal_places=2)
    since = models.DateField(pgettext_lazy("days", "From"))
    last = models.DateField(_("Last day"))
    state = models.CharField(
        _("State"), max_length=9, choices=RequestState.choices, default=RequestState.ASKED
    )
    asked_by = models.ForeignKey(
        Person,
        verbose_name=_("Requested by"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    asked_at = models.DateTimeField(pgettext_lazy("a resource request", "Requested"), default=now)
    answer_by = models.DateTimeField(pgettext_lazy("a resource request", "Answer due"))
    answered_at = models.DateTimeField(pgettext_lazy("a resource request", "Answered"), null=True)
    answered_by = models.ForeignKey(
        Person, verbose_name=_("Answer from"), on_delete=models.PROTECT, null=True,
        related_name="+",
    )  # fmt: skip
    counter_on = models.DateField(_("Available from"), null=True, blank=True)
    reason = models.CharField(_("Reason"), max_length=300, blank=True)
    reservation = models.ForeignKey(
        Reservation, on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = ResourcesQuerySet["ResourceRequest"].as_manager()

    class Meta:
        ordering = ("answer_by", "id")
        constraints = (
            models.CheckConstraint(condition=Q(hours__gt=0), name="request_of_some_hours"),
            models.CheckConstraint(condition=Q(last__gte=models.F("since")), name="request_lasts"),
            models.CheckConstraint(
                condition=Q(level__range=(1, 5)), name="request_level_is_1_to_5"
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(reason=""), name="refusal_has_a_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state="countered") | Q(counter_on__isnull=False),
                name="counter_has_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(state="staffed") | Q(reservation__isnull=False),
                name="staffed_is_reserved",
            ),
        )
        indexes = (
            models.Index(
                fields=["team", "answer_by"],
                name="request_to_answer",
                condition=Q(state__in=sorted(OPEN)),
            ),
            models.Index(fields=["source"], name="request_source", condition=~Q(source="")),
        )

    def __str__(self) -> str:
        return self.purpose

    @property
    def topic(self) -> str:
        return f"resources.resourcerequest:{self.pk}"

    @property
    def held_for(self) -> str:
        """Return the source of its reservation: the other app's row, else the request itself."""
        return self.source or f"resources.resourcerequest:{self.pk}"


@tracked(creation=True)
class Offer(models.Model):
    """A person whom the lead offers, in the lead's order, with the days that were free then.

    `stretches` are `{"since", "last", "hours"}`, as they would be reserved.
    """

    reach_paths: ClassVar[dict[str, str]] = {
        "customers": "request__customer_id",
        "teams": "request__team_id",
    }

    request = models.ForeignKey(
        ResourceRequest, on_delete=models.CASCADE, related_name="offers", db_index=False
    )
    person = models.ForeignKey(
        Person, verbose_name=_("Person"), on_delete=models.PROTECT, related_name="+"
    )
    rank = models.PositiveSmallIntegerField(_("Rank"))
    stretches: "models.JSONField[Any, Any]" = models.JSONField(default=list)

    objects = ResourcesQuerySet["Offer"].as_manager()

    class Meta:
        ordering = ("request_id", "rank")
        constraints = (
            models.UniqueConstraint(fields=["request", "rank"], name="one_offer_of_a_rank"),
            models.UniqueConstraint(fields=["request", "person"], name="one_offer_of_a_person"),
        )

    @property
    def days(self) -> list[tuple[date, date, float]]:
        return [
            (date.fromisoformat(one["since"]), date.fromisoformat(one["last"]), one["hours"])
            for one in self.stretches
        ]
