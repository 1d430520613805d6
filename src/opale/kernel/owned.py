"""Querysets of rows with an owner: every read starts with the actor."""

from typing import ClassVar, Self, TypeVar

from django.db import models

from opale.kernel.actor import Actor

M = TypeVar("M", bound=models.Model, covariant=True)


class OwnedQuerySet(models.QuerySet[M]):
    """Rows that belong to a customer, a team or a person, as `reach_paths` of the model says.

    Every table that a customer owns carries `customer`, even where a join could tell.
    """

    read_right: ClassVar[str] = ""

    def visible_to(self, actor: Actor) -> Self:
        return self.filter(actor.reach(self.read_right, self.model))

    def within(self, actor: Actor, right: str) -> Self:
        """Return the rows on which the actor holds another right than the one to read."""
        return self.filter(actor.reach(right, self.model))
