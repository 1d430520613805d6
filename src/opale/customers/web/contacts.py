"""Pages of contacts and what each may do."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from opale.customers import rights
from opale.customers.actions import customers, logins
from opale.customers.forms.customers import ContactForm
from opale.customers.models import Contact
from opale.customers.queries import customers as customer_queries
from opale.customers.web.dates import today
from opale.endpoints.http import ActorRequest, needs
from opale.ui.forms import form_page
from opale.ui.toasts import toast_next


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT_CONTACTS)
def new(request: ActorRequest, code: str) -> HttpResponse:
    customer = customer_queries.get_customer_by_code(code, seen_by=request.actor)
    form = ContactForm(request.POST or None, initial={"language": customer.language})
    back = reverse("customers_customer", args=[code])
    return form_page(
        request,
        form,
        lambda: customers.create_contact(customer, by=request.actor, **form.cleaned_data),
        title=_("New contact"),
        button=_("Create"),
        back=back,
        back_label=customer.name,
        then=lambda: reverse("customers_customer", args=[code]) + "#contacts",
    )


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT_CONTACTS)
def edit(request: ActorRequest, contact_id: int) -> HttpResponse:
    contact = customer_queries.get_contact(contact_id, seen_by=request.actor)
    form = ContactForm(request.POST or None, instance=contact)
    return form_page(
        request,
        form,
        lambda: customers.edit_contact(contact, by=request.actor, **form.cleaned_data),
        title=_("Edit the contact"),
        button=_("Save"),
        back=_page(contact),
        back_label=contact.customer.name,
        below=("customers.contact.below", contact.pk),
        acts="customers/contacts/_access.html",
        about={"contact": contact},
    )


@require_POST
@needs(rights.EDIT_CONTACTS)
def invite(request: ActorRequest, contact_id: int) -> HttpResponse:
    contact = customer_queries.get_contact(contact_id, seen_by=request.actor)
    logins.invite_contact(contact, by=request.actor)
    toast_next(request, _("The way in is on its way to %(email)s.") % {"email": contact.email})
    return redirect("customers_contact", contact_id)


@require_POST
@needs(rights.EDIT_CONTACTS)
def close_access(request: ActorRequest, contact_id: int) -> HttpResponse:
    contact = customer_queries.get_contact(contact_id, seen_by=request.actor)
    logins.close_contact_access(contact, by=request.actor)
    undo = reverse("customers_contact_invite", args=[contact_id])
    toast_next(request, _("%(name)s may not log in any more.") % {"name": contact}, undo=undo)
    return redirect("customers_contact", contact_id)


@require_POST
@needs(rights.EDIT_CONTACTS)
def deactivate(request: ActorRequest, contact_id: int) -> HttpResponse:
    contact = customer_queries.get_contact(contact_id, seen_by=request.actor)
    customers.end_contact(contact, by=request.actor, on=today())
    undo = reverse("customers_contact_return", args=[contact_id])
    toast_next(request, _("%(name)s is no contact any more.") % {"name": contact}, undo=undo)
    return redirect(_page(contact))


@require_POST
@needs(rights.EDIT_CONTACTS)
def reactivate(request: ActorRequest, contact_id: int) -> HttpResponse:
    contact = customer_queries.get_contact(contact_id, seen_by=request.actor)
    customers.reinstate_contact(contact, by=request.actor)
    toast_next(request, _("%(name)s is a contact again.") % {"name": contact})
    return redirect(_page(contact))


def _page(contact: Contact) -> str:
    return reverse("customers_customer", args=[contact.customer.code]) + "#contacts"
