"""People whom a text in Markdown mentions: who is offered, and who may be mentioned on a record.

Source: docs/rules/discussions.md.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Model, Value
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from opale.kernel.actor import Actor
from opale.kernel.errors import Invalid
from opale.kernel.owned import OwnedQuerySet
from opale.organisation.models import Person
from opale.organisation.queries.identity import actors_of_people
from opale.organisation.queries.people import people
from opale.ui.components.editor import Mentionable
from opale.ui.markdown import mention_of, mentioned_ids

MENTIONS_AT_ONCE: Final = 50
"""People whom one text mentions."""
OFFERED: Final = 8
"""People whom "@" offers at once."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Who may be mentioned in a text on a record: who may see the row and holds one of the rights.

    `cannot_open` is the sentence that refuses anybody else, with `%(name)s`.
    """

    row: Model
    rights: tuple[str, ...]
    cannot_open: str | Promise

    def among(self, persons: Collection[Person]) -> tuple[Person, ...]:
        """Return those who may be mentioned now, by as few statements for many as for one.

        The people are read with their users.
        """
        rows: OwnedQuerySet[Any] = type(self.row)._default_manager.all()  # type: ignore[assignment]  # with an owner
        seen = [
            rows.visible_to(actor).filter(pk=self.row.pk).order_by().values_list(Value(pk))
            for pk, actor in actors_of_people(persons).items()
            if any(map(actor.can, self.rights))
        ]
        if not seen:
            return ()
        may = {pk for (pk,) in (seen[0].union(*seen[1:], all=True) if seen[1:] else seen[0])}
        return tuple(person for person in persons if person.pk in may)

    def refusal(self, person: Person) -> str:
        return str(self.cannot_open) % {"name": person.name}


def mentioned_people(
    text: str, audience: Audience, *, field: str = "text", known: Collection[int] = ()
) -> dict[int, Person]:
    """Return the people that a text mentions, by their ids; `known` ones are not checked again.

    Errors: Invalid, about `field` (somebody may not see the record, or is unknown; too many).
    """
    wanted = set(mentioned_ids(text))
    if not wanted:
        return {}
    if len(wanted) > MENTIONS_AT_ONCE:
        limit = {"limit": MENTIONS_AT_ONCE}
        raise Invalid(**{field: _("At most %(limit)s people can be mentioned at once.") % limit})
    found = Person.objects.filter(pk__in=wanted).select_related("user").in_bulk()
    if len(found) != len(wanted):
        unknown = _("Somebody who is mentioned is unknown. Choose a name from the list.")
        raise Invalid(**{field: unknown})
    new = [person for pk, person in found.items() if pk not in known]
    may = audience.among(new)
    if refused := [audience.refusal(person) for person in new if person not in may]:
        raise Invalid(**{field: " ".join(refused)})
    return found


def people_to_mention(text: str, audience: Audience, *, seen_by: Actor) -> list[Mentionable]:
    """Return people by words of their names, and whether each may be mentioned."""
    found = people(seen_by=seen_by, text=text).order_by("name", "id")
    persons = list(found.select_related("user")[:OFFERED])
    may = audience.among(persons)
    return [
        Mentionable(
            id=person.pk,
            name=person.name,
            detail=person.job_title,
            token=mention_of(person.pk, person.name) if person in may else "",
            reason=audience.refusal(person),
        )
        for person in persons
    ]
