"""What the pages of this room have in common: a form in place."""

from collections.abc import Callable

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise

from opale.endpoints.http import AskedRequest
from opale.organisation.web.forms import done
from opale.ui.toasts import toast_next

Label = str | Promise


def form_page(
    request: AskedRequest,
    form: forms.Form,
    action: Callable[[], object],
    *,
    title: Label,
    button: Label,
    said: Label,
    back: str,
) -> HttpResponse:
    """A form that opens in place or as a page of its own; done, it leads to `back`."""
    if request.method == "POST" and done(form, action):
        toast_next(request, str(said))
        return redirect(back)
    context = {"form": form, "title": title, "button": button, "back": back}
    template = "organisation/_form.html" if request.htmx else "organisation/form.html"
    return render(request, template, context, status=422 if form.errors else 200)


def went(request: AskedRequest, url: str) -> HttpResponse:
    """To a whole page, from a button pressed by htmx or by the browser."""
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)
