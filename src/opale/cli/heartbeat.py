"""Heartbeat of one process, every few seconds, which `/readyz` and `/metrics` read."""

import logging
import os
import socket
import threading
from datetime import timedelta

from django.db import Error, close_old_connections, connection
from django.utils import timezone

from opale.kernel.models import Heartbeat

INTERVAL = timedelta(seconds=5)
FORGOTTEN = timedelta(days=1)
logger = logging.getLogger(__name__)


class HeartbeatSender:
    """Sender of heartbeats while the block runs; a process that ends in order deletes its row."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.process = f"{kind}@{socket.gethostname()}:{os.getpid()}"
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        self._thread.join(timeout=INTERVAL.total_seconds())

    def _run(self) -> None:
        started = timezone.now()
        while True:
            try:
                close_old_connections()
                now = timezone.now()
                Heartbeat.objects.update_or_create(
                    process=self.process,
                    defaults={"kind": self.kind, "started_at": started, "beaten_at": now},
                )
                Heartbeat.objects.filter(beaten_at__lt=now - FORGOTTEN).delete()
                if self._ended.wait(INTERVAL.total_seconds()):
                    Heartbeat.objects.filter(process=self.process).delete()
                    break
            except Error as error:
                logger.warning("no heartbeat: %s", error)
                if self._ended.wait(1):
                    break
        connection.close()
