from opale.build.resources.models.plans import PlanLine, PlanProposal
from opale.build.resources.models.requests import Offer, ResourceRequest, ResourcesQuerySet

__all__ = ["Offer", "PlanLine", "PlanProposal", "ResourceRequest", "ResourcesQuerySet"]
