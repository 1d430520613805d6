"""Facts that projects announce."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from opale.kernel.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectOpened(Fact):
    """An order was decomposed into a project, or an express delivery."""

    name: ClassVar[str] = "projects.ProjectOpened"
    project_id: int
    order_id: int
    customer_id: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectMoved(Fact):
    """A project changed state."""

    name: ClassVar[str] = "projects.ProjectMoved"
    project_id: int
    order_id: int
    customer_id: int
    state: str
    at: datetime
