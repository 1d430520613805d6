"""The drawing of an item's neighbourhood."""

from django.urls import reverse
from django.utils.translation import gettext as _

from opale.infrastructure.models import ConfigurationItem
from opale.infrastructure.queries.neighbourhood import Neighbourhood
from opale.ui import graph


def draw(found: Neighbourhood) -> str:
    """Return the drawing; from the left: what the item needs, the item, what needs it, services."""
    here = found.here
    distances = {n.item.pk: n.distance for n in found.neighbours} | {here.pk: 0}
    rows = {n.item.pk: n.item for n in found.neighbours} | {here.pk: here}
    nodes = [
        graph.Node(f"item-{pk}", item.name, distances[pk], str(item.get_kind_display()), _url(item))
        for pk, item in sorted(rows.items(), key=lambda row: row[1].name)
    ]
    edges = [graph.Edge(f"item-{x.lower_id}", f"item-{x.upper_id}") for x in found.links]
    seen = set()
    for item_id, service in found.services:
        if distances.get(item_id, -1) < 0:
            continue
        if service.pk not in seen:
            seen.add(service.pk)
            url = reverse("customers_service", args=[service.reference])
            nodes.append(
                graph.Node(
                    f"service-{service.pk}",
                    service.name,
                    max(distances.values()) + 1,
                    service.customer.name,
                    url,
                )
            )
        edges.append(graph.Edge(f"item-{item_id}", f"service-{service.pk}"))
    label = _("Neighbourhood of %(item)s") % {"item": here.name}
    return graph.draw(nodes, edges, here=f"item-{here.pk}", label=label)


def _url(item: ConfigurationItem) -> str:
    return reverse("infrastructure_item", args=[item.pk])
