"""Template tags of all components; builtins of all templates (docs/howto/declare-an-act.md)."""

from django import template

from opale.ui.components import (
    account,
    badges,
    cached_fragments,
    charts,
    fields,
    frame,
    history,
    lists,
    panels,
    times,
)

register = template.Library()

for part in (
    account,
    frame,
    badges,
    times,
    panels,
    lists,
    fields,
    charts,
    history,
    cached_fragments,
):
    register.tags.update(part.register.tags)
    register.filters.update(part.register.filters)
