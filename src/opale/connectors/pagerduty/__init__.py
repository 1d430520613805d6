"""PagerDuty's Events API, versions 2 and 1: Opale stands in for its server."""

from opale.connectors.pagerduty.connector import PagerDuty

__all__ = ["PagerDuty"]
