"""Rows that belong to somebody: everything read starts with who is asking."""

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
        """The rows on which the actor holds another right than that of reading."""
        return self.filter(actor.reach(right, self.model))
