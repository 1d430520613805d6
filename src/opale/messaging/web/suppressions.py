"""Pages of the addresses that get no automatic mail: list, reasons, removal."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.kernel.errors import NotAllowed
from opale.messaging import rights
from opale.messaging.actions import suppressions
from opale.messaging.domain.failure_reasons import failure_reason
from opale.messaging.queries import outgoing
from opale.messaging.queries import suppressions as suppression_queries
from opale.ui.forms import submit_form
from opale.ui.keyset import Order, page
from opale.ui.toasts import toast_next

NEWEST_FIRST = Order(("-since", "-id"))


class AddressForm(forms.Form):
    address = forms.CharField(label=gettext_lazy("Address"), max_length=320)


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


@require_POST
@needs(rights.RETRY)
def release(request: ActorRequest, suppression_id: int) -> HttpResponse:
    row = suppression_queries.get_suppression(suppression_id, seen_by=request.actor)
    suppressions.release_address(row, by=request.actor)
    toast_next(request, _("Mail goes there again."))
    return redirect("mail_suppressed")
