"""Debian's Alertmanager and Prometheus, unchanged, on loopback: each lives as long as its block."""

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
PROMETHEUS = shutil.which("prometheus") or ""
AMTOOL = shutil.which("amtool") or ""
NEEDS_PROMETHEUS = pytest.mark.skipif(
    not PROMETHEUS and not os.environ.get("CI"),
    reason="not there: Prometheus (Debian package prometheus)",
)
RULES = """\
groups:
  - name: opale
    interval: 1s
    rules:
      - alert: AlwaysOn
        expr: vector(1)
        labels: {severity: critical, host: rt-core-1}
        annotations: {summary: It always fires}
"""
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


@contextmanager
def prometheus(folder: Path, port: int, path_prefix: str) -> Iterator[None]:
    """One that scrapes nothing, and whose only alert fires into the server of that address."""
    (folder / "rules.yml").write_text(RULES)
    config = folder / "prometheus.yml"
    config.write_text(
        "global: {evaluation_interval: 1s}\n"
        f"rule_files: [{folder / 'rules.yml'}]\n"
        "alerting:\n  alertmanagers:\n"
        f"    - path_prefix: {path_prefix}\n"
        f"      static_configs: [{{targets: ['127.0.0.1:{port}']}}]\n"
    )
    with (folder / "prometheus.log").open("wb") as output:
        process = subprocess.Popen(
            [
                PROMETHEUS,
                f"--config.file={config}",
                f"--storage.tsdb.path={folder / 'prometheus'}",
                f"--web.listen-address=127.0.0.1:{free_port()}",
                "--rules.alert.resend-delay=1s",
            ],
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(60)


def amtool(address: str, *words: str) -> tuple[int, str, str]:
    """What it says to these words: its exit code, its output, its complaints."""
    done = subprocess.run(
        [AMTOOL, f"--alertmanager.url={address}", *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr
