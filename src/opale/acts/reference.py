"""Text of the page docs/reference/acts.md: all acts with their rights and states."""

from collections.abc import Iterator

from django.urls import get_resolver
from django.utils import translation

from opale.acts.declarations import Act
from opale.acts.registry import all_acts

HEAD = """# What can be done

Written by `./opale manage acts_reference > docs/reference/acts.md` from what apps declare in
`acts`; the suite fails when it is out of date. An act is offered to those who hold its right, in
the states from which it moves or in which it can be done.

| act | right | states | page | endpoint |
|---|---|---|---|---|
"""


def page() -> str:
    """Return the page, with every declared act by its addresses."""
    _ = get_resolver().url_patterns  # acts are known once the addresses are
    with translation.override("en"):
        lines = [line for act in sorted(all_acts(), key=_place) for line in _lines(act)]
        return HEAD + "\n".join(lines) + "\n"


def _place(act: Act) -> tuple[str, str]:
    return act.page_address if act.page is not None else act.endpoint_address.lstrip("/"), act.name


def _lines(act: Act) -> Iterator[str]:
    where = f"`/{act.page_address}`" if act.page is not None else ""
    calls = f"`{act.verb} {act.endpoint_address}`" if act.noun is not None else ""
    for move in act.among.values() or (act.move,):
        name = f"{act.name}.{move.name}" if act.among and move else act.name
        right = move.right if move else act.right
        states = ", ".join(
            sorted(map(str, move.sources if move else act.states or act.subject.states))
        )
        if move is not None:
            states = f"{states} → {move.target}"
        yield f"| `{name}` | `{right}` | {states} | {where} | {calls} |"
