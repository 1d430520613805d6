"""Forecasts of orders that came from a design, for the projects that deliver them."""

from datetime import date

from django.db.models import F

from opale.delivery.designs.models import DesignCheck


class DesignForecast:
    """Fills `projects.ports.ForecastSource`."""

    def safe_day(self, order_id: int) -> date | None:
        """Return the 80 % day of the last check of the version that was ordered."""
        checks = DesignCheck.objects.filter(
            version__design__order=order_id, version__number=F("version__design__version")
        )
        return checks.order_by("-id").values_list("p80_on", flat=True).first()
