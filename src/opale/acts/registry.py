"""Which acts stand at which addresses: what the buttons of a row are drawn from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.urls import reverse

from opale.acts.declarations import Act, Things


@dataclass(frozen=True, slots=True)
class Placed:
    """An act with the name of its page's address."""

    act: Act
    url_name: str

    def url(self, things: Things, **choice: str) -> str:
        return reverse(self.url_name, kwargs={**self.act.subject.named(things), **choice})


_PLACED: dict[object, dict[str, Placed]] = {}
_KNOWN: dict[str, Act] = {}


def register(act: Act, url_name: str = "") -> None:
    """Note an act that stands at an address, and the name of its page's."""
    if _KNOWN.setdefault(act.name, act) is not act:
        raise ValueError(f"there are two acts of the name {act.name}")
    if url_name:
        kind = act.subject.model or act.subject.name
        _PLACED.setdefault(kind, {})[act.name] = Placed(act, url_name)


def placed_on(kind: object) -> Mapping[str, Placed]:
    """The acts on rows of a model, or on the collection of a name, as they were declared."""
    return _PLACED.get(kind, {})


def all_acts() -> Iterator[Act]:
    yield from _KNOWN.values()
