"""Projects: what they are made of, what they promise, what proves them, what is followed."""

from opale.build.projects.models.following import ActionItem, Minutes, Risk
from opale.build.projects.models.projects import (
    WORK_PACKAGE,
    Decomposition,
    PackageLink,
    Party,
    Project,
    ProjectsQuerySet,
    ProjectTemplate,
    Size,
    TechnicalNeed,
    Weather,
    WorkPackage,
)
from opale.build.projects.models.promises import Baseline, CarrierPromise, Slip
from opale.build.projects.models.proofs import Deliverable, DeliverableVersion, Evidence, Gate

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
]
