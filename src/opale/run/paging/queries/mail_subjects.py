"""Reading rights on mails of paging: their recipient, and nobody else.

A code proves that an address is one's own, and the link in a page answers for the person paged.
"""

from collections.abc import Collection, Iterable

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from opale.kernel.actor import Actor
from opale.messaging.ports import MailSubject
from opale.run.paging.models import ContactMethod, Page, Slip


def own_contact_methods(seen_by: Actor) -> QuerySet[ContactMethod]:
    return ContactMethod.objects.filter(person=seen_by.person_id or 0)


def own_pages(seen_by: Actor) -> QuerySet[Page]:
    return Page.objects.filter(person=seen_by.person_id or 0)


def visible_slips(seen_by: Actor) -> QuerySet[Slip]:
    return Slip.objects.visible_to(seen_by)


def contact_method_subjects(ids: Collection[int], seen_by: Actor) -> dict[int, MailSubject]:
    own = own_contact_methods(seen_by).filter(pk__in=ids)
    return _named(own.values_list("pk", flat=True))


def page_subjects(ids: Collection[int], seen_by: Actor) -> dict[int, MailSubject]:
    own = own_pages(seen_by).filter(pk__in=ids)
    return _named(own.values_list("pk", flat=True))


def slip_subjects(ids: Collection[int], seen_by: Actor) -> dict[int, MailSubject]:
    seen = visible_slips(seen_by).filter(pk__in=ids)
    return {
        pk: MailSubject(_("Call-outs"), 0, reverse("paging_fill_in_slip", args=[pk]))
        for pk in seen.values_list("pk", flat=True)
    }


def _named(keys: Iterable[int]) -> dict[int, MailSubject]:
    return {pk: MailSubject(pgettext("to people", "On-call"), 0, "") for pk in keys}
