"""Page of the desk's settings for administrators: streams, and targets of levels."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.run.desk.queries import answers, incoming_mail
from opale.run.desk.rights import ADMINISTER


@require_GET
@needs(ADMINISTER)
def show(request: ActorRequest) -> HttpResponse:
    context = {
        "streams": answers.stream_settings(seen_by=request.actor),
        "internal_targets": answers.internal_targets(seen_by=request.actor),
        "targets": answers.level_targets(seen_by=request.actor),
        "mailboxes": incoming_mail.mailboxes(seen_by=request.actor),
    }
    return render(request, "desk/settings/show.html", context)
