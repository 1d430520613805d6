"""Every component as a template tag; a builtin of all templates (docs/howto/build-a-page.md)."""

from django import template

from opale.ui.components import (
    account,
    addresses,
    drawings,
    fields,
    fragments,
    frame,
    history,
    lists,
    marks,
    surfaces,
    times,
    translated,
)

register = template.Library()

for part in (
    account,
    addresses,
    frame,
    marks,
    times,
    surfaces,
    lists,
    fields,
    drawings,
    history,
    fragments,
    translated,
):
    register.tags.update(part.register.tags)
    register.filters.update(part.register.filters)
