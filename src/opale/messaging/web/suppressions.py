"""Page of the addresses that get no automatic mail, with their reasons."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from opale.endpoints.http import ActorRequest, needs
from opale.kernel.errors import NotAllowed
from opale.messaging import rights
from opale.messaging.actions import suppressions
from opale.messaging.domain.failure_reasons import failure_reason
from opale.messaging.forms import AddressForm
from opale.messaging.queries import outgoing
from opale.messaging.queries import suppressions as suppression_queries
from opale.ui.forms import submit_form
from opale.ui.keyset import Order, page
from opale.ui.toasts import toast_next

NEWEST_FIRST = Order(("-since", "-id"))


@require_http_methods(["GET", "POST"])
@needs(rights.READ)
def listing(request: ActorRequest) -> HttpResponse:
    """List the addresses; a POST adds one."""
    form = AddressForm(request.POST or None)
    if request.method == "POST":
        if not outgoing.may_retry(request.actor):
            raise NotAllowed
        if submit_form(
            form,
            lambda: suppressions.suppress_address(form.cleaned_data["address"], by=request.actor),
        ):
            toast_next(request, _("Nothing automatic is sent there any more."))
            return redirect("mail_suppressed")
    text = request.GET.get("q", "").strip()[:200]
    found = page(
        suppression_queries.suppressions(seen_by=request.actor, text=text),
        NEWEST_FIRST,
        request.GET,
    )
    context = {
        "form": form,
        "page": found,
        "lines": [{"row": row, "reason": failure_reason(row.answer)} for row in found.rows],
        "q": text,
        "may_retry": outgoing.may_retry(request.actor),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "messaging/suppressed.html", context, status=status)
