"""Template tag `{% acts_of row %}`: buttons and links of the acts that its reader may do."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from opale.acts import registry
from opale.acts.declarations import Label, Things
from opale.acts.registry import Placed
from opale.kernel.actor import Actor
from opale.ui.components.badges import icon, key
from opale.ui.components.lists import TONES, act
from opale.ui.components.panels import attribute
from opale.ui.current_actor import current_actor
from opale.ui.markup import EMPTY, join_html

register = template.Library()


@dataclass(frozen=True, slots=True)
class Offer:
    """Act offered to a reader, with its button's label and its address."""

    placed: Placed
    label: Label
    url: str


@register.simple_tag(takes_context=True)
def acts_of(
    context: Context,
    row: object,
    *names: str,
    label: str = "",
    tone: str | None = None,
    small: bool = False,
    menu: bool = False,
    quiet: bool = False,
    disabled: str = "",
    **posted: Any,
) -> SafeString:
    """The acts on a row, or those of these names in their order, that its reader is offered.

    `act.move` names one of the moves of an act; `row` may be the name of a collection. `label` and
    `tone` stand in place of the declared ones, `menu` draws lines of a menu, and `quiet` no primary
    button, where each line of a list has the same; `disabled` and further keywords are those of
    `{% act %}`.
    """
    drawn = []
    for one in offers(row, names, current_actor(context["request"])):
        said, looks = label or str(one.label), one.placed.act
        shade = "" if menu else looks.tone if tone is None else tone
        shade = "" if quiet and shade == "primary" else shade
        if looks.direct or looks.form is None:
            shown = {"icon_name": looks.icon, "key_name": looks.key} if not menu else {}
            options: dict[str, Any] = {"tone": shade, "small": small, "disabled": disabled} | shown
            drawn.append(act(context, said, one.url, **options, **posted))
        elif menu:
            drawn.append(
                format_html('<a class="dropdown-item" href="{}" data-panel>{}</a>', one.url, said)
            )
        else:
            drawn.append(_link(one, said, shade, small=small))
    return join_html(drawn)


def _link(one: Offer, label: str, tone: str, *, small: bool) -> SafeString:
    looks = one.placed.act
    return format_html(
        '<a class="btn{}{}" href="{}" data-panel{}>{}{}{}</a>',
        TONES[tone],
        " btn-sm" if small else "",
        one.url,
        attribute("data-key", looks.key.lower()),
        icon(looks.icon) if looks.icon else EMPTY,
        label,
        key(looks.key.upper()) if looks.key else EMPTY,
    )


@register.simple_tag(takes_context=True)
def act_url(context: Context, row: object, name: str) -> str:
    """Where one act on a row is done, where its reader is offered it."""
    found = offers(row, (name,), current_actor(context["request"]))
    return next((one.url for one in found), "")


def offers(row: object, names: tuple[str, ...], by: Actor) -> Iterator[Offer]:
    """Return the acts on a row that the actor is offered. `name.move` is one of the moves of an
    act.
    """
    placed = registry.placed_on(row if isinstance(row, str) else type(row))
    for name in names or placed:
        name, _dot, only = name.partition(".")
        one = placed[name]
        if not one.act.opens_to(by):
            continue
        subject = one.act.subject
        things: Things = {} if isinstance(row, str) else subject.with_above(row)
        if not one.act.among:
            if one.act.offered(things, by):
                label = one.act.label(row) if callable(one.act.label) else one.act.label
                yield Offer(one, label, one.url(things))
            continue
        for chosen, move in one.act.among.items():
            if only in ("", chosen) and one.act.offered(things, by, move):
                yield Offer(one, move.label, one.url(things, **{one.act.choice: chosen}))
