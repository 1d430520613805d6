"""Tag that draws the discussion of a record on the record's page."""

from typing import Any

from django import template
from django.db.models import Model
from django.template import Context
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from opale.discussions.queries import record_of
from opale.discussions.rights import READ
from opale.discussions.templatetags.discussion_context import discussion_context
from opale.ui.components.badges import icon
from opale.ui.components.panels import attribute
from opale.ui.current_actor import current_actor
from opale.ui.markup import EMPTY

register = template.Library()


@register.simple_tag(takes_context=True)
def discussion_link(context: Context, row: Model, menu: bool = False) -> SafeString:
    """A link to the comments on a record that has no page of its own; nothing for a contact."""
    if not current_actor(context["request"]).can(READ):
        return EMPTY
    look = "" if menu else attribute("class", "btn btn-sm btn-ghost")
    return format_html(
        '<a href="{}"{}>{}{}</a>', record_of(row).url, look, icon("message"), _("Comments")
    )


@register.simple_tag(takes_context=True)
def discussion(context: Context, row: Model) -> SafeString:
    """The comments on a record that its page has looked up for its reader, with the editor.

    Nothing is drawn for a customer's contact.
    """
    request = context["request"]
    actor = current_actor(request)
    if not actor.can(READ):
        return EMPTY
    drawn: dict[str, Any] = discussion_context(record_of(row), actor)
    return render_to_string("discussions/_discussion.html", drawn, request)
