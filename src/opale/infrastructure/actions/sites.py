"""Actions on sites."""

from itertools import count
from typing import Any, Final, TypedDict, Unpack

from django.utils.translation import gettext as _

from opale.customers.models import Customer
from opale.infrastructure import rights
from opale.infrastructure.models import Site
from opale.kernel import live_topics
from opale.kernel.action_steps import lock_row, update_changed
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.clock import time_zones
from opale.kernel.constraints import translate_violations
from opale.kernel.errors import Invalid, NotAllowed
from opale.kernel.locks import take_locks
from opale.organisation.queries.reference import home_country

LONGEST_CODE: Final = 20


class SiteFields(TypedDict, total=False):
    code: str
    name: str
    kind: str
    customer: Customer | None
    address: str
    city: str
    country: str
    time_zone: str


def create_site(*, by: Actor, **fields: Unpack[SiteFields]) -> Site:
    """Create a site. Errors: NotAllowed, Invalid."""
    if not by.can(rights.EDIT):
        raise NotAllowed
    site = Site(**_checked(dict(fields)))
    if not (site.code and site.name and site.kind and site.country):
        raise Invalid(_("A site has a code, a name, a kind and a country."))
    with attributed(by), translate_violations(infrastructure_site_code_key=_code_taken()):
        site.save(force_insert=True)
        _refuse_out_of_reach(site, by)
        _touch(site)
    return site


def register_customer_site(customer: Customer, name: str, address: str, *, by: Actor) -> Site:
    """Return the customer's site of this name, registered now where there is none.

    For acts that deliver to a site which only a design has named: whoever may do them may have it
    registered. It takes the customer's time zone, and the country of its other sites, else of the
    company that operates.
    """
    called = " ".join(name.split())
    own = Site.objects.filter(customer=customer)
    with attributed(by):
        # Two who register the same site at once get one.
        take_locks(f"infrastructure.sites_of:{customer.pk}")
        known = own.filter(name__iexact=called).order_by("pk").first()
        if known is not None:
            return known
        country = own.order_by("pk").values_list("country", flat=True).first()
        site = Site.objects.create(
            code=_free_code(customer),
            name=called,
            kind=Site.Kind.CUSTOMER_SITE,
            customer=customer,
            address=address,
            country=country or home_country(),
            time_zone=customer.time_zone,
        )
        _touch(site)
    return site


def _free_code(customer: Customer) -> str:
    """Return a code that no site has: the customer's own, with a number."""
    stem = customer.code[: LONGEST_CODE - 5]
    taken = set(Site.objects.filter(code__startswith=f"{stem}-").values_list("code", flat=True))
    return next(code for n in count(1) if (code := f"{stem}-{n}") not in taken)


def edit_site(site: Site, *, by: Actor, **fields: Unpack[SiteFields]) -> None:
    """Change a site. Errors: NotFound, NotAllowed, Invalid."""
    with attributed(by), translate_violations(infrastructure_site_code_key=_code_taken()):
        row = lock_row(Site.objects.filter(pk=site.pk), by, rights.EDIT)
        if update_changed(row, _checked(dict(fields))):
            _refuse_out_of_reach(row, by)
            _touch(row)


def _refuse_out_of_reach(site: Site, by: Actor) -> None:
    if not Site.objects.filter(pk=site.pk).within(by, rights.EDIT).exists():
        raise NotAllowed


def _touch(site: Site) -> None:
    live_topics.publish(
        f"infrastructure.site:{site.pk}", "infrastructure.sites", customer_id=site.customer_id
    )


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    wrong: dict[str, str] = {}
    for name in ("code", "name"):
        if name in fields:
            fields[name] = " ".join(fields[name].split())
            if not fields[name] or (name == "code" and "/" in fields[name]):
                wrong[name] = _("Required, without a slash.")
    if "kind" in fields and fields["kind"] not in Site.Kind.values:
        wrong["kind"] = _("Unknown kind of site.")
    if "country" in fields:
        fields["country"] = fields["country"].strip().upper()
        if len(fields["country"]) != 2 or not fields["country"].isalpha():
            wrong["country"] = _("Enter the country as two letters, such as FR.")
    if "time_zone" in fields and fields["time_zone"] not in time_zones():
        wrong["time_zone"] = _("Unknown time zone.")
    if wrong:
        raise Invalid(**wrong)
    return fields


def _code_taken() -> Invalid:
    return Invalid(code=_("Another site has this code."))
