"""Template tags and filters of the desk."""

from collections.abc import Iterable
from datetime import timedelta

from django import template
from django.template import Context
from django.template.defaultfilters import filesizeformat, linebreaks_filter
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from opale.acts.buttons import acts_of
from opale.kernel.business_time import Reason, Segment
from opale.kernel.text_limits import SHOWN_TEXT
from opale.run.desk.domain.clocks import ENDED, PROMISED, Promise
from opale.run.desk.models import Attachment, Kind, Message, Pause, ProposedAnswer, TimeEntry
from opale.run.desk.queries.attachments import picture_urls
from opale.run.desk.queries.timeline import is_own_note, may_change, may_quote
from opale.ui.components.badges import icon
from opale.ui.current_actor import current_actor
from opale.ui.markdown import render_markdown
from opale.ui.markdown_text import escape_markdown, markdown_as_line, pictures_in
from opale.ui.markup import cached_per_language, join_html

register = template.Library()
register.filter(escape_markdown)
register.filter(markdown_as_line)

REASONS = {
    Reason.OPEN: _("Covered hours"),
    Reason.EXTRA_OPENING: _("Exceptional opening"),
    Reason.CLOSED: _("Outside covered hours"),
    Reason.HOLIDAY: _("Public holiday"),
    Reason.EXTRA_CLOSING: _("Exceptional closing"),
}
KINDS = {Kind.INCIDENT: "alert-triangle", Kind.REQUEST: "message-circle"}
PAUSES = {kind.value: kind.label for kind in Pause.Kind} | {ENDED: _("Resolved or ended")}


@register.simple_tag
@cached_per_language
def kind_icon(kind: str) -> SafeString:
    """Incident or request, as a line shows it."""
    return icon(KINDS[Kind(kind)], str(Kind(kind).label))


@register.filter
def clock_reason(segment: Segment) -> str:
    """Why the minutes of a segment count or do not."""
    if segment.reason == Reason.PAUSED:
        return ", ".join(str(PAUSES[code]) for code in segment.pauses)
    return str(REASONS[segment.reason])


@register.filter
def promise_source(promise: Promise) -> str:
    """Where a promise stands, in words."""
    said = promise.source == PROMISED
    return str(_("Customer updated by message")) if said else promise.source


@register.filter
def lasting(entry: TimeEntry) -> timedelta:
    """How long a time entry lasted that has ended."""
    return entry.ends - entry.starts if entry.ends else timedelta()


@register.simple_tag
def message_text(message: Message, room: int | None = None) -> SafeString:
    """Return the text of a message; of a long one its beginning as typed, and a link to the
    whole."""
    if message.deleted_at is not None:
        return format_html('<p class="o-quiet">{}</p>', _("Note deleted"))
    text, room = message.body, room or SHOWN_TEXT
    if message.format == Message.Format.MARKDOWN and len(text) <= room:
        html = render_markdown(text, _pictures_of(message))
        return format_html('<div class="c-text">{}</div>', html)
    shown: SafeString = linebreaks_filter(beginning(text, room), autoescape=True)
    if len(text) <= room:
        return shown
    return format_html(
        '{}<p><a class="btn btn-sm" href="{}">{}{}</a></p>',
        shown,
        reverse("desk_message_text", args=[message.pk]),
        icon("file-text"),
        _("Full text (%(size)s)") % {"size": filesizeformat(len(text.encode()))},
    )


@register.simple_tag
def former_url(message: Message) -> str:
    """Where the former texts of a note are that was edited, else ""."""
    if message.edited_at is None or message.deleted_at is not None:
        return ""
    return reverse("desk_note_history", args=[message.pk])


@register.simple_tag(takes_context=True)
def message_foot(context: Context, message: Message) -> SafeString:
    """The buttons of a message: a note is quoted into the next note, a message into the reply; and
    what its reader may change of a note."""
    reader, found = current_actor(context["request"]), []
    if may_quote(message, reader):
        noted = message.direction == Message.Direction.NOTE
        found.append(
            format_html(
                '<button type="button" class="btn btn-sm btn-ghost" data-quote-from="{}"'
                ' data-quote-into="{}" hidden>{}{}</button>',
                reverse("desk_quote", args=[message.pk]),
                ".o-write[data-internal]" if noted else ".o-write[data-public]",
                icon("quote"),
                _("Quote note") if noted else _("Quote message"),
            )
        )
    if may_change(message, reader):
        names = ("edit_note", "delete_note") if is_own_note(message, reader) else ("delete_note",)
        found.append(acts_of(context, message, *names, small=True, tone="ghost"))
    return join_html(found)


def _pictures_of(message: Message) -> dict[str, str]:
    if not pictures_in(message.body):
        return {}
    return picture_urls(message.ticket, message.attachments.all())


@register.simple_tag
def proposal_text(answer: ProposedAnswer) -> SafeString:
    """Return the text of a proposed answer, as the customer would read it."""
    if answer.format == Message.Format.PLAIN:
        return SafeString(linebreaks_filter(answer.body, autoescape=True))
    files = Attachment.objects.filter(pk__in=answer.attachments, ticket=answer.ticket_id)
    pictures = picture_urls(answer.ticket, files) if pictures_in(answer.body) else {}
    html = render_markdown(answer.body, pictures)
    return format_html('<div class="c-text">{}</div>', html)


@register.filter
def besides_text(files: Iterable[Attachment], message: Message) -> list[Attachment]:
    """The files of a message that its text does not show in its place."""
    formatted = message.format == Message.Format.MARKDOWN and len(message.body) <= SHOWN_TEXT
    shown = pictures_in(message.body) if formatted else set()
    return [file for file in files if not (file.is_picture and file.shown_as in shown)]


@register.filter
def beginning(text: str, room: int) -> str:
    """Return what a page shows of a text."""
    return text if len(text) <= room else f"{text[:room].rstrip()} …"


@register.filter
def same(value: object, other: object) -> bool:
    """Whether two values are equal and there is one: for arguments of component tags."""
    return value is not None and value == other
