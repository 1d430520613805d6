"""Every component as a template tag; a builtin of all templates (docs/howto/build-a-page.md)."""

from django import template

from opale.ui.components import (
    account,
    drawings,
    fields,
    fragments,
    frame,
    history,
    lists,
    marks,
    surfaces,
    times,
)

register = template.Library()

for part in (
    account,
    frame,
    marks,
    times,
    surfaces,
    lists,
    fields,
    drawings,
    history,
    fragments,
):
    register.tags.update(part.register.tags)
    register.filters.update(part.register.filters)
