"""Links in the *Export* menu of every list, which apps above add."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from opale.kernel.actor import Actor

Label = str | Promise


@dataclass(frozen=True, slots=True)
class MenuLink:
    """A link for holders of a right. `url(listing, title, address)` is given the name of the list,
    its title or that of the saved view, and its filters, order, columns and grouping.
    """

    label: Label
    icon: str
    right: str
    url: Callable[[str, str, str], str]


_links: list[MenuLink] = []


def register_menu_link(link: MenuLink) -> None:
    if link not in _links:
        _links.append(link)


def menu_links(
    actor: Actor, listing: str, title: str, address: str
) -> list[tuple[Label, str, str]]:
    """Return label, icon and address of the links that the actor is offered."""
    return [
        (one.label, one.icon, one.url(listing, title, address))
        for one in _links
        if actor.can(one.right)
    ]
