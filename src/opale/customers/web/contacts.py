"""Contacts and what each may do."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from opale.customers import actions, queries, rights
from opale.customers.models import Contact
from opale.customers.web.forms import ContactForm, accepted
from opale.customers.web.pages import form_page, go, today
from opale.endpoints.http import AskedRequest, needs
from opale.ui.toasts import toast_next


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT_CONTACTS)
def new(request: AskedRequest, code: str) -> HttpResponse:
    customer = queries.customer_coded(code, seen_by=request.actor)
    form = ContactForm(request.POST or None, initial={"language": customer.language})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if accepted(form, lambda: actions.create_contact(customer, by=request.actor, **said)):
            return go(request, reverse("customers_customer", args=[code]) + "#contacts")
    back = reverse("customers_customer", args=[code])
    return form_page(
        request, form, title=_("New contact"), verb=_("Create"), back=back,
        back_label=customer.name,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT_CONTACTS)
def edit(request: AskedRequest, contact_id: int) -> HttpResponse:
    contact = queries.get_contact(contact_id, seen_by=request.actor)
    form = ContactForm(request.POST or None, instance=contact)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if accepted(form, lambda: actions.edit_contact(contact, by=request.actor, **said)):
            return go(request, _page(contact))
    return form_page(
        request, form, title=_("Edit the contact"), verb=_("Save"), back=_page(contact),
        back_label=contact.customer.name,
    )  # fmt: skip


@require_POST
@needs(rights.EDIT_CONTACTS)
def leaving(request: AskedRequest, contact_id: int) -> HttpResponse:
    contact = queries.get_contact(contact_id, seen_by=request.actor)
    actions.end_contact(contact, by=request.actor, on=today())
    undo = reverse("customers_contact_return", args=[contact_id])
    toast_next(request, _("%(name)s is no contact any more.") % {"name": contact}, undo=undo)
    return go(request, _page(contact))


@require_POST
@needs(rights.EDIT_CONTACTS)
def returning(request: AskedRequest, contact_id: int) -> HttpResponse:
    contact = queries.get_contact(contact_id, seen_by=request.actor)
    actions.take_back_contact(contact, by=request.actor)
    toast_next(request, _("%(name)s is a contact again.") % {"name": contact})
    return go(request, _page(contact))


def _page(contact: Contact) -> str:
    return reverse("customers_customer", args=[contact.customer.code]) + "#contacts"
