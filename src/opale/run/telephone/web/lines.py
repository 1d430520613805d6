"""The page on which people say which telephone is theirs."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from opale.endpoints.http import AskedRequest, needs
from opale.run.telephone import actions, queries
from opale.run.telephone.rights import WORK
from opale.run.telephone.web.forms import LinesForm
from opale.ui.forms import form_page


@require_http_methods(["GET", "POST"])
@needs(WORK)
def edit(request: AskedRequest) -> HttpResponse:
    known = "\n".join(queries.lines_of(request.actor))
    form = LinesForm(request.POST or None, initial={"names": known})
    return form_page(
        request,
        form,
        lambda: actions.name_lines(form.names_said(), by=request.actor),
        title=_("My telephone"),
        button=_("Save"),
        back=reverse("telephone_calls"),
        said=_("Calls that you answer open for you."),
    )
