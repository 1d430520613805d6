"""The page of a contact, with what the contact may do and has been told."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from opale.customers import rights
from opale.customers.actions import customers
from opale.customers.acts.subjects import place_of_contacts
from opale.customers.forms.customers import ContactForm
from opale.customers.queries import customers as customer_queries
from opale.endpoints.http import ActorRequest, needs
from opale.ui.forms import form_page


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT_CONTACTS)
def edit(request: ActorRequest, contact_id: int) -> HttpResponse:
    contact = customer_queries.get_contact(contact_id, seen_by=request.actor)
    form = ContactForm(request.POST or None, instance=contact)
    back, back_label = place_of_contacts(contact)
    return form_page(
        request,
        form,
        lambda: customers.edit_contact(contact, by=request.actor, **form.cleaned_data),
        title=_("Edit contact"),
        button=_("Save"),
        back=back,
        back_label=back_label,
        below=("customers.contact.below", contact.pk),
        acts="customers/contacts/_access.html",
        about={"contact": contact},
    )
