"""Region of a ticket's tags, watchers, external references and confidentiality."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.run.desk.acts.ticket_metadata import marks_region
from opale.run.desk.rights import CONSOLE


@require_GET
@needs(CONSOLE)
def marks(request: ActorRequest, number: int) -> HttpResponse:
    return marks_region(request, number)
