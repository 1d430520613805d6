"""Projects and tasks for which something is reserved, as links for the pages of reservations."""

from collections.abc import Collection

from django.urls import reverse

from opale.delivery.orders.models import OrderLine
from opale.delivery.projects.models import Project
from opale.delivery.projects.queries.packages import packages
from opale.delivery.projects.queries.projects import projects
from opale.kernel.actor import Actor
from opale.reservations.ports import SourceLink


def links_of_packages(package_ids: Collection[int], seen_by: Actor) -> dict[int, SourceLink]:
    """Return the links to the projects of these tasks, with the tasks' names."""
    rows = packages(seen_by=seen_by).filter(pk__in=package_ids)
    return {
        row.pk: SourceLink(
            f"{row.project.reference} · {row.title}",
            _project_url(row.project),
        )
        for row in rows
    }


def links_of_lines(line_ids: Collection[int], seen_by: Actor) -> dict[int, SourceLink]:
    """Return the links to the projects that deliver these order lines."""
    rows = OrderLine.objects.filter(pk__in=line_ids).values_list("pk", "order_id")
    orders = dict(rows)
    found = projects(seen_by=seen_by).filter(order__in=orders.values())
    of_order = {one.order_id: SourceLink(one.reference, _project_url(one)) for one in found}
    return {pk: of_order[order] for pk, order in orders.items() if order in of_order}


def _project_url(project: Project) -> str:
    return reverse("projects_show", args=[project.number])
