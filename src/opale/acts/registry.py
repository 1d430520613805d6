"""Registry of acts by address, from which a row's buttons are drawn."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.urls import reverse

from opale.acts.declarations import Act, Things
from opale.ui.forms import limit_texts


@dataclass(frozen=True, slots=True)
class Placed:
    """Act with the name of its page's address."""

    act: Act
    url_name: str

    def url(self, things: Things, **choice: str) -> str:
        return reverse(self.url_name, kwargs={**self.act.subject.named(things), **choice})


_PLACED: dict[object, dict[str, Placed]] = {}
_KNOWN: dict[str, Act] = {}


def register(act: Act, url_name: str = "") -> None:
    """Register an act at its addresses, with the name of its page's."""
    if _KNOWN.setdefault(act.name, act) is not act:
        raise ValueError(f"there are two acts of the name {act.name}")
    for form in (act.form, act.body):
        if form is not None:
            limit_texts(form.base_fields)
    if url_name:
        kind = act.subject.model or act.subject.name
        _PLACED.setdefault(kind, {})[act.name] = Placed(act, url_name)


def placed_on(kind: object) -> Mapping[str, Placed]:
    """Return the acts on a model's rows, or on a named collection, in the order of declaration."""
    return _PLACED.get(kind, {})


def all_acts() -> Iterator[Act]:
    yield from _KNOWN.values()
