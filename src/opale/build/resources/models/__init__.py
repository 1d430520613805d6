from opale.build.resources.models.requests import Offer, ResourceRequest, ResourcesQuerySet

__all__ = ["Offer", "ResourceRequest", "ResourcesQuerySet"]
