"""What notifications are about: records of other apps, which their readers may lose sight of.

A thing is named `<prefix>:<id>`, and where that is not enough `<prefix>:<id>:<rest>`; its app
declares the prefix in `notification_kinds.THINGS`.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable

from django.db.models import Model

from opale.kernel.actor import Actor
from opale.kernel.owned import OwnedQuerySet
from opale.kernel.whole_numbers import parse_number

Visible = Callable[[Collection[int], Actor], Iterable[int]]
"""Returns which of these records an actor may see now, by their ids."""


def rows_of(model: type[Model]) -> Visible:
    """Return the rule of a thing that is a row: who may read the row."""

    def visible(ids: Collection[int], actor: Actor) -> Iterable[int]:
        rows: OwnedQuerySet[Model] = model._default_manager.all()  # type: ignore[assignment]  # with an owner
        return rows.visible_to(actor).filter(pk__in=ids).values_list("pk", flat=True)

    return visible


_things: dict[str, Visible] = {}


def register_thing(prefix: str, visible: Visible) -> None:
    """Make a kind of thing known. Errors: ValueError (another one has the prefix)."""
    if _things.setdefault(prefix, visible) is not visible:
        raise ValueError(f"two kinds of things are named {prefix}")


def is_known(thing: str) -> bool:
    prefix, number = _parts(thing)
    return prefix in _things and number is not None


def visible_things(things: Iterable[str], actor: Actor) -> set[str]:
    """Return which of these things an actor may see now; of an app that is gone, none."""
    asked: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for thing in things:
        prefix, number = _parts(thing)
        if number is not None:
            asked[prefix][number].append(thing)
    return {
        thing
        for prefix, named in asked.items()
        if prefix in _things
        for pk in _things[prefix](named.keys(), actor)
        for thing in named.get(pk, ())
    }


def _parts(thing: str) -> tuple[str, int | None]:
    prefix, _mark, rest = thing.partition(":")
    return prefix, parse_number(rest.partition(":")[0])
