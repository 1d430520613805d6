"""The page on which people set their own lines."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from opale.endpoints.http import ActorRequest, needs
from opale.run.telephone.actions import lines
from opale.run.telephone.forms import LinesForm
from opale.run.telephone.queries import people
from opale.run.telephone.rights import WORK
from opale.ui.forms import form_page


@require_http_methods(["GET", "POST"])
@needs(WORK)
def edit(request: ActorRequest) -> HttpResponse:
    known = "\n".join(people.lines_of(request.actor))
    form = LinesForm(request.POST or None, initial={"names": known})
    return form_page(
        request,
        form,
        lambda: lines.set_lines(form.names_said(), by=request.actor),
        title=_("My telephone"),
        button=_("Save"),
        back=reverse("telephone_calls"),
        said=_("Calls that you answer open for you."),
    )
