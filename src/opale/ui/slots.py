"""Slots: places in a lower app's page for an upper app's content, drawn as a lazy region."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from opale.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class SlotFilling:
    """Content of a slot. `url_name` is reversed with the arguments that the page passes."""

    url_name: str
    right: str = ""
    order: int = 100


_fillings: dict[str, dict[str, SlotFilling]] = {}


def fill(slot: str, url_name: str, *, right: str = "", order: int = 100) -> None:
    """Put a region into a slot, from the upper app's `apps.py`."""
    _fillings.setdefault(slot, {})[url_name] = SlotFilling(url_name, right, order)


def filled_slots() -> list[str]:
    """Return the slots that have content."""
    return sorted(_fillings)


def fillings(slot: str, actor: Actor) -> list[SlotFilling]:
    found = _fillings.get(slot, {}).values()
    return sorted(
        (f for f in found if not f.right or actor.can(f.right)), key=lambda f: (f.order, f.url_name)
    )


def urls(slot: str, actor: Actor, *args: object, **query: object) -> list[str]:
    """Return the addresses of a slot's regions."""
    tail = f"?{urlencode(query)}" if query else ""
    return [reverse(f.url_name, args=args) + tail for f in fillings(slot, actor)]
