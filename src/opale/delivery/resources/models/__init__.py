from opale.delivery.resources.models.plans import PlanLine, PlanProposal
from opale.delivery.resources.models.requests import Offer, ResourceRequest, ResourcesQuerySet

__all__ = ["Offer", "PlanLine", "PlanProposal", "ResourceRequest", "ResourcesQuerySet"]
