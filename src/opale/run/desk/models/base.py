"""Base classes and helpers shared by the tables of the desk."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from django.contrib.postgres.indexes import GinIndex
from django.db.models import Exists, F, OuterRef, Q

from opale.kernel.actor import Actor
from opale.kernel.fulltext import SearchWords
from opale.kernel.owned import M, OwnedQuerySet
from opale.organisation.queries.identity import teams_of

FOREVER = datetime(9999, 12, 31, tzinfo=UTC)
"""The end of an open period: sorts last, indexes well, and unlike 'infinity' is a datetime."""

BY_CUSTOMER: dict[str, str] = {"customers": "customer_id"}
CONFIDENTIAL = "desk.confidential"


@dataclass(frozen=True, slots=True)
class Sight:
    """The facts that decide which rows of the desk an actor sees; a query is built once for
    each."""

    actor: Actor
    teams: tuple[int, ...]

    @classmethod
    def of(cls, actor: Actor) -> "Sight":
        """Return the sight of an actor at this moment: team memberships begin and end."""
        return cls(actor, tuple(teams_of(actor.person_id)) if actor.person_id else ())


class DeskQuerySet(OwnedQuerySet[M]):
    """Rows of the desk. A confidential ticket is visible only to the people involved in it.

    Source: docs/rules/ticket-life-cycle.md, "Confidential".
    """

    read_right = "desk.read"

    def visible_to(self, actor: Actor) -> Self:
        return super().visible_to(actor).filter(self._not_hidden_from(actor))

    def within(self, actor: Actor, right: str) -> Self:
        return super().within(actor, right).filter(self._not_hidden_from(actor))

    def _not_hidden_from(self, actor: Actor) -> Q:
        path = self._path_to_ticket()
        if path is None or actor.can(CONFIDENTIAL):
            return Q()
        seen = Q(**{f"{path}confidential": False})
        if actor.contact_id is not None:
            seen |= Q(**{f"{path}contact_id": actor.contact_id})
        if actor.person_id is not None:
            seen |= Q(**{f"{path}owner_id": actor.person_id})
            seen |= Q(**{f"{path}employee_id": actor.person_id})
            seen |= Q(self._follows(path, actor.person_id)) | Q(self._works(path, actor.person_id))
        return seen

    def _path_to_ticket(self) -> str | None:
        """Return the lookup of the ticket that a row belongs to; None for settings, which have
        none."""
        if self.model._meta.label_lower == "desk.ticket":
            return ""
        names = {field.name for field in self.model._meta.concrete_fields}
        return "ticket__" if "ticket" in names else None

    def _follows(self, path: str, person_id: int) -> Exists:
        watchers = self.model._meta.apps.get_model("desk", "Watcher")._default_manager
        return Exists(watchers.filter(ticket=OuterRef(f"{path}pk"), person_id=person_id))

    def _works(self, path: str, person_id: int) -> Exists:
        asked = self.model._meta.apps.get_model("desk", "Assignment")._default_manager
        rows = asked.filter(Q(person_id=person_id) | Q(team__in=teams_of(person_id)))
        return Exists(rows.filter(ticket=OuterRef(f"{path}pk")))


BLOCKS = (9, 13, 17)
"""Bits of a ticket's id dropped for its block: blocks of 512, 8,192 and 131,072 tickets.

Search walks from block to block, the newest first, so that a frequent word is not fetched for all
tickets. The index holds the blocks before the words: PostgreSQL reads its first columns first and
stops at the end of the block. In the other order, two words that never occur together would be
followed through all texts for each block.
"""


def words_index(column: str, ticket: str, name: str, condition: Q | None = None) -> GinIndex:
    """Return the index on the words of a ticket's related column, with the ticket's blocks and
    customer.

    Without a pending list (`fastupdate`): new rows are found at once, and no search pays for
    sorting them in.
    """
    blocks = (F(ticket).bitrightshift(bits) for bits in BLOCKS)
    return GinIndex(
        *blocks,
        F("customer"),
        SearchWords(column),
        fastupdate=False,
        name=name,
        condition=condition,
    )
