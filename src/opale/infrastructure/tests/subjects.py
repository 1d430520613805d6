"""What the parameters of the routes of the register name in the house of the personas."""

from tests.personas import Personas

from opale.customers.models import Service
from opale.infrastructure.models import ConfigurationItem, Dependency, ServiceItem, Site

Things = dict[str, object]


def subjects(house: Personas) -> Things:
    site = Site.objects.create(code="LYO1", name="Lyon 1", kind="datacentre", country="FR")
    upper = ConfigurationItem.objects.create(name="esx1-lyo", kind="host", site=site)
    lower = ConfigurationItem.objects.create(name="feed-a-lyo", kind="power_feed", site=site)
    Dependency.objects.create(upper=upper, lower=lower)
    service = Service.objects.get(reference="S-ROUTES")
    ServiceItem.objects.create(customer=house.customer, service=service, item=upper)
    return {
        "site_code": site.code,
        "site_id": site.pk,
        "item_id": upper.pk,
        "lower_id": lower.pk,
        "item_move": "maintain",
    }
