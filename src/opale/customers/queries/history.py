"""A customer's contracts in force, and the history of changes."""

from datetime import date

from django.db.models import Prefetch, Q
from django.utils.translation import gettext_lazy as _

from opale.customers.models import (
    Contact,
    Contract,
    ContractedPlan,
    ContractOption,
    Customer,
    CustomersQuerySet,
    Service,
    SoldCommitment,
)
from opale.kernel.actor import Actor
from opale.kernel.history import Revision, merged_revisions, revisions

NEWEST = 20
CONTRACTS = 20


def in_force(customer: Customer, *, seen_by: Actor, on: date) -> CustomersQuerySet[Contract]:
    """Return the customer's contracts, newest first, with options and commitments of the day."""
    holds = Q(period__contains=on)
    return (
        Contract.objects.visible_to(seen_by)
        .filter(customer=customer)
        .prefetch_related(
            Prefetch("options", ContractOption.objects.filter(holds).select_related("service")),
            Prefetch("commitments", SoldCommitment.objects.filter(holds).select_related("service")),
        )
        .order_by("-period")[:CONTRACTS]
    )


def history_of(of: Customer | Service) -> list[Revision]:
    """Return the changes of a customer or service and what belongs to it, newest first.

    The caller checks that the actor sees `of`.
    """
    if isinstance(of, Service):
        plans = revisions(
            ContractedPlan,
            limit=NEWEST,
            kind=_("a support plan"),
            called="plan",
            service_id=of.pk,
        )
        return merged_revisions(revisions(Service, limit=NEWEST, id=of.pk), plans, limit=NEWEST)
    people = revisions(Contact, limit=NEWEST, kind=_("a contact"), called="name", customer_id=of.pk)
    return merged_revisions(revisions(Customer, limit=NEWEST, id=of.pk), people, limit=NEWEST)
