"""Tags of the buttons above the inbox, which follow what is unread."""

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.safestring import SafeString

from opale.notifications import queries
from opale.notifications.actions.notify import inbox_topic
from opale.ui.components.lists import live
from opale.ui.current_actor import current_actor

register = template.Library()


@register.simple_tag(takes_context=True)
def own_unread(context: Context) -> bool:
    """Whether the reader has unread notifications."""
    return queries.unread(current_actor(context["request"])).exists()


@register.simple_tag(takes_context=True)
def inbox_live(context: Context) -> SafeString:
    """Attributes of the region of the buttons, which is drawn again when the inbox changes."""
    actor = current_actor(context["request"])
    return live(reverse("notifications_buttons"), inbox_topic(actor.person_id))
