"""Debian's Alertmanager, unchanged, on loopback: it lives as long as its block."""

import json
import os
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.serving import eventually, free_port

ALERTMANAGER = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager") or ""
NEEDS_ALERTMANAGER = pytest.mark.skipif(
    not ALERTMANAGER and not os.environ.get("CI"),
    reason="not there: Alertmanager (Debian package prometheus-alertmanager)",
)
ROUTE = "group_by: [alertname, instance], group_wait: 0s, group_interval: 500ms"


@contextmanager
def alertmanager(folder: Path, receiver: str, *, top: str = "") -> Iterator[str]:
    """One that tells its only receiver everything; its own address.

    `receiver` is that receiver's settings in YAML (`webhook_configs: [{url: ...}]`), `top` further
    lines of the configuration.
    """
    port = free_port()
    config = folder / "alertmanager.yml"
    config.write_text(
        f"{top}\nroute: {{receiver: opale, {ROUTE}, repeat_interval: 1h}}\n"
        f"receivers: [{{name: opale, {receiver}}}]\n"
    )
    address = f"http://127.0.0.1:{port}"
    with (folder / "alertmanager.log").open("wb") as output:
        process = subprocess.Popen(
            [
                ALERTMANAGER,
                f"--config.file={config}",
                f"--storage.path={folder / 'alertmanager'}",
                f"--web.listen-address=127.0.0.1:{port}",
                "--cluster.listen-address=",
            ],
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            assert eventually(lambda: _ready(address)), config.read_text()
            yield address
        finally:
            process.terminate()
            process.wait(60)


def tell(
    address: str, *, over: bool = False, annotations: dict[str, str] | None = None, **labels: str
) -> datetime:
    """One alert into the Alertmanager's own API, as Prometheus would; when it was told."""
    told_at = datetime.now(UTC)
    alert = {
        "labels": labels,
        "annotations": annotations or {},
        **({"endsAt": told_at.isoformat()} if over else {}),
    }
    asked = urllib.request.Request(
        f"{address}/api/v2/alerts",
        json.dumps([alert]).encode(),
        {"Content-Type": "application/json"},
    )
    urllib.request.urlopen(asked, timeout=20).close()
    return told_at


def _ready(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/-/ready", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
