"""The figures of mail in /metrics: those of the page Mail health, and every outcome ever counted.

They are read from the database: workers handle the mails, and any process may be scraped.
"""

import threading
import time
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db import Error, connection
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from opale.kernel import clock
from opale.kernel.actor import system
from opale.messaging.queries import health

METRICS_READER: Final = system("metrics")


class MailMetrics(Collector):
    """Collector of the mail figures, read at most every few seconds.

    The last figures are repeated while the database does not answer.
    """

    KEPT: Final = 5.0

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.read_at = 0.0
        self.told: list[Metric] = []

    def collect(self) -> Iterable[Metric]:
        with self.lock:
            if not self.told or time.monotonic() - self.read_at > self.KEPT:
                try:
                    self.told = list(read_metrics())
                except Error:
                    pass
                finally:
                    connection.close()
                self.read_at = time.monotonic()
        return self.told


def read_metrics() -> Iterable[Metric]:
    came = CounterMetricFamily("opale_mail_in", "Mails that came in", labels=["outcome"])
    for outcome, count in health.outcomes().items():
        came.add_metric([outcome], count)
    yield came
    now, told = clock.now(), health.figures()
    since = told.quarantined_since
    for name, what, value in (
        ("opale_mail_in_waiting", "Mails that came in and are not handled yet", told.waiting),
        ("opale_mail_in_lag_seconds", "Age of the oldest of them", told.lag.total_seconds()),
        ("opale_mail_in_retried", "Mails that are tried again", told.retried),
        ("opale_mail_in_quarantine", "Mails in quarantine", told.quarantined),
        (
            "opale_mail_in_quarantine_age_seconds",
            "Since when the first of them stands there",
            (now - since).total_seconds() if since else 0,
        ),
        ("opale_mail_out_queued", "Mails that wait to be sent", told.queued),
        ("opale_mail_out_given_up", "Mails that reached nobody", told.given_up),
    ):
        yield GaugeMetricFamily(name, what, value=value)
    yield from _mailboxes()


def _mailboxes() -> Iterable[Metric]:
    names = {
        "opale_mailbox_on": "Whether the mailbox is on",
        "opale_mailbox_well": "Whether its source works",
        "opale_mailbox_waiting": "Mails that wait at its source",
        "opale_mailbox_lag_seconds": "Age of the oldest of them",
        "opale_mailbox_silent_seconds": "Since its source last worked; -1 for never",
        "opale_mailbox_quiet_seconds": "Since it was last brought a mail; -1 for never",
    }
    found = {
        name: GaugeMetricFamily(name, what, labels=["mailbox"]) for name, what in names.items()
    }
    for one in health.mailbox_health(seen_by=METRICS_READER):
        box = one.mailbox
        label = [box.address]
        found["opale_mailbox_on"].add_metric(label, box.is_on)
        found["opale_mailbox_well"].add_metric(label, one.is_well)
        found["opale_mailbox_waiting"].add_metric(label, box.waiting)
        found["opale_mailbox_lag_seconds"].add_metric(
            label, box.lag.total_seconds() if box.lag else 0
        )
        if box.source != "imap":
            found["opale_mailbox_quiet_seconds"].add_metric(label, _since(one.succeeded_at))
        elif box.is_on:
            silent = one.silent.total_seconds() if one.silent is not None else -1
            found["opale_mailbox_silent_seconds"].add_metric(label, silent)
    return found.values()


def _since(at: datetime | None) -> float:
    return (clock.now() - at).total_seconds() if at else -1
