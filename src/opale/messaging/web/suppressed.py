"""The addresses that take no mail: which, since when and why, and taken off the list."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from opale.endpoints.http import AskedRequest, needs
from opale.kernel.errors import NotAllowed
from opale.messaging import actions, queries, rights
from opale.messaging.reasons import reason_of
from opale.ui.forms import accepted
from opale.ui.keyset import Order, page
from opale.ui.toasts import toast_next

NEWEST_FIRST = Order(("-since", "-id"))


class AddressForm(forms.Form):
    address = forms.CharField(label=gettext_lazy("Address"), max_length=320)


@require_http_methods(["GET", "POST"])
@needs(rights.READ)
def listing(request: AskedRequest) -> HttpResponse:
    """A POST writes an address down by hand."""
    form = AddressForm(request.POST or None)
    if request.method == "POST":
        if not queries.may_retry(request.actor):
            raise NotAllowed
        if accepted(
            form,
            lambda: actions.suppress_address(form.cleaned_data["address"], by=request.actor),
        ):
            toast_next(request, _("Nothing automatic is sent there any more."))
            return redirect("mail_suppressed")
    text = request.GET.get("q", "").strip()[:200]
    found = page(queries.suppressions(seen_by=request.actor, text=text), NEWEST_FIRST, request.GET)
    context = {
        "form": form,
        "page": found,
        "lines": [{"row": row, "reason": reason_of(row.answer)} for row in found.rows],
        "q": text,
        "may_retry": queries.may_retry(request.actor),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "messaging/suppressed.html", context, status=status)


@require_POST
@needs(rights.RETRY)
def release(request: AskedRequest, suppression_id: int) -> HttpResponse:
    row = queries.get_suppression(suppression_id, seen_by=request.actor)
    actions.release_address(row, by=request.actor)
    toast_next(request, _("Mail goes there again."))
    return redirect("mail_suppressed")
