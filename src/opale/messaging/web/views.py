"""Page of an outgoing mail."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.kernel.states import moves_of
from opale.messaging import rights
from opale.messaging.listings.outgoing_mails import TONES
from opale.messaging.models import OutgoingMail
from opale.messaging.queries import outgoing as outgoing_queries
from opale.messaging.queries import visible_mails
from opale.messaging.states import MailState


@require_GET
@needs(rights.READ)
def show(request: ActorRequest, mail_id: int) -> HttpResponse:
    mail = outgoing_queries.get_outgoing_mail(mail_id, seen_by=request.actor)
    (told,) = visible_mails.visible_mails([mail], seen_by=request.actor)
    context = {
        "mail": mail,
        "told": told,
        "tone": TONES[MailState(mail.state)],
        "moves": moves_of(OutgoingMail, mail.pk),
        "may_retry": outgoing_queries.may_retry(request.actor),
    }
    template = "messaging/_mail.html" if request.htmx else "messaging/mail.html"
    return render(request, template, context)
