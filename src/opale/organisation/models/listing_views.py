"""Saved views of lists."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opale.kernel.actor import Actor
from opale.kernel.history import tracked
from opale.organisation.models.people import Person


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
