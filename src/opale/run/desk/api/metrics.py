"""Metrics of the desk's mail in /metrics."""

from collections.abc import Iterable

from django.db import connection
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from opale.kernel import clock
from opale.run.desk.queries import incoming_mail


class BreakerMetrics(Collector):
    """The figures of breakers on the page Mail health; it closes its database connection."""

    def collect(self) -> Iterable[Metric]:
        try:
            return list(read_metrics())
        finally:
            connection.close()


def read_metrics() -> Iterable[Metric]:
    count = incoming_mail.count_open_breakers(clock.now())
    yield GaugeMetricFamily("opale_mail_breakers", "Mail that is held back now", value=count)
