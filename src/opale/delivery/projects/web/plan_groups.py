"""Tasks of a plan, grouped by the order line that they deliver, with its site."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from opale.delivery.orders.models import OrderLine
from opale.delivery.orders.queries import line_subject
from opale.delivery.projects.models import WorkPackage
from opale.delivery.projects.queries.packages import LineProgress
from opale.infrastructure.models import Site


@dataclass(frozen=True, slots=True)
class PlanGroup:
    """The shown tasks of an order line, or those of the whole project (without `line`).

    `progress` is that of all its tasks, shown or not. Without `headed` the project is one group,
    which needs no heading.
    """

    line: OrderLine | None
    progress: LineProgress
    headed: bool
    packages: list[WorkPackage] = field(default_factory=list)

    @property
    def label(self) -> str:
        """Return what is delivered: the offering, else the service that changes."""
        if self.line is None:
            return _("Whole project")
        service = self.line.service
        return line_subject(self.line) or (service.name if service else self.line.item_id)

    @property
    def site(self) -> Site | None:
        return self.line.site if self.line is not None else None

    @property
    def days(self) -> tuple[date, date] | None:
        """Return the first and last day of all its tasks."""
        first, last = self.progress.starts_on, self.progress.ends_on
        return (first, last) if first and last else None


def group_packages(
    packages: Sequence[WorkPackage], known: Mapping[int | None, LineProgress]
) -> list[PlanGroup]:
    """Group tasks by their order line, lines in the order in which their first task stands."""
    found: dict[int | None, PlanGroup] = {}
    for one in packages:
        group = found.get(one.line_id)
        if group is None:
            progress = known.get(one.line_id, LineProgress.of(one))
            group = PlanGroup(one.line, progress, headed=len(known) > 1)
            found[one.line_id] = group
        group.packages.append(one)
    return list(found.values())
