"""Models of projects: content, promises, deliverables and follow-up."""

from opale.delivery.projects.models.deliverables import (
    Deliverable,
    DeliverableVersion,
    Evidence,
    Gate,
)
from opale.delivery.projects.models.follow_up import ActionItem, Minutes, Risk
from opale.delivery.projects.models.projects import (
    WORK_PACKAGE,
    Decomposition,
    Named,
    PackageLink,
    Party,
    Project,
    ProjectsQuerySet,
    ProjectTemplate,
    Size,
    TechnicalNeed,
    Weather,
    WorkPackage,
    name_at,
)
from opale.delivery.projects.models.promises import Baseline, CarrierPromise, Slip

__all__ = [
    "WORK_PACKAGE",
    "ActionItem",
    "Baseline",
    "CarrierPromise",
    "Decomposition",
    "Deliverable",
    "DeliverableVersion",
    "Evidence",
    "Gate",
    "Minutes",
    "Named",
    "PackageLink",
    "Party",
    "Project",
    "ProjectTemplate",
    "ProjectsQuerySet",
    "Risk",
    "Size",
    "Slip",
    "TechnicalNeed",
    "Weather",
    "WorkPackage",
    "name_at",
]
