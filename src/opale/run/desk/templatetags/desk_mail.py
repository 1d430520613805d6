"""Template filters for pages that show a mail."""

from collections.abc import Iterable

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from opale.kernel.files import SHOWN_INLINE
from opale.run.desk.domain.incoming_mail.safe_html import with_pictures
from opale.run.desk.models import Attachment, Message, ReceivedMail

register = template.Library()

CLUES = {
    "token": _("Address of the ticket"),
    "answered": _("Reply to a mail of"),
    "earlier": _("In a thread of"),
    "partner": _("Sender’s own reference of"),
    "number": _("Number in the subject"),
}
TONES = {"proven": "done", "believed": "", "unproven": "waiting", "forged": "bad"}


def pictures_of(message: Message) -> dict[str, str]:
    """Return the addresses of a mail's pictures by content id."""
    number = message.ticket.number
    return {
        file.content_id: reverse("desk_attachment", args=[number, file.pk])
        for file in message.attachments.all()
        if file.content_id and file.media_type in SHOWN_INLINE
    }


@register.filter
def laid_out(html: str, message: Message) -> SafeString:
    """Safe HTML of a mail with its own pictures. It was made safe when it came in."""
    if "cid:" not in html:
        return SafeString(html)
    return SafeString(with_pictures(html, pictures_of(message)))  # nh3 cleaned it


@register.filter
def beside(files: Iterable[Attachment], mail: ReceivedMail) -> list[Attachment]:
    """The files that the text does not show in its place."""
    return [
        file
        for file in files
        if not (file.content_id and f'"cid:{file.content_id}"' in mail.html.lower())
    ]


@register.filter
def clue_word(kind: str) -> str:
    return str(CLUES.get(kind, kind))


@register.filter
def proof_tone(proof: str) -> str:
    return TONES.get(proof, "")
