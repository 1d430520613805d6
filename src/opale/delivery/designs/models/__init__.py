"""Models of designs, one module for each subject."""

from opale.delivery.designs.models.checks import DesignCheck, DesignPlace, Hold
from opale.delivery.designs.models.designs import (
    Design,
    DesignLine,
    DesignSite,
    DesignsQuerySet,
    DesignVersion,
)
from opale.delivery.designs.models.documents import Acceptance, DesignDocument, HandedOver

__all__ = [
    "Acceptance",
    "Design",
    "DesignCheck",
    "DesignDocument",
    "DesignLine",
    "DesignPlace",
    "DesignSite",
    "DesignVersion",
    "DesignsQuerySet",
    "HandedOver",
    "Hold",
]
