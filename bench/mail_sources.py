"""Mail in, from three hundred mailboxes and at a hundred a second.

    PYTHONPATH=src:. .venv/bin/python bench/mail_sources.py --data DIR

On a running installation (`./opale up --data DIR --no-demo`), as root, with Debian's dovecot: makes
mailboxes at a dovecot on loopback and watches what its gateway does with them. Four figures, each
with its limit, and exit code 1 above one of them or where a mail is missing or there twice:

- memory (PSS) of the gateway that watches 300 mailboxes by IDLE;
- from the mail server's answer to the committed row, p95, by IDLE;
- mails a second from one mailbox of 50,000, taken in slices, and the memory meanwhile;
- mails a second handed over by LMTP, by 20 connections, each waiting for its answer.

The mailboxes are switched off in the end; their mails stay.
"""

import argparse
import shutil
import smtplib
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.inside import opened
from tests.mail_servers import KEEPER, PASSWORD, Dovecot, running_dovecot

PSS_LIMIT_MB = 300.0
LATENCY_LIMIT_S = 3.0
RATE_LIMIT = 100.0
DOMAIN = "bench.test"
CONFIG = "default_process_limit = 1000\n"


class Bench:
    """The database of the installation, and its gateway."""

    def __init__(self) -> None:
        from django.db import connection

        from opale.kernel import encryption
        from opale.kernel.actor import system
        from opale.kernel.attribution import attributed
        from opale.kernel.models import Heartbeat
        from opale.messaging.models import IncomingMail, Mailbox

        self.connection, self.mails, self.boxes = connection, IncomingMail, Mailbox
        self.sealed = encryption.encrypt(PASSWORD, purpose="messaging")
        self.acting, self.bench = attributed, system("bench")
        beat = Heartbeat.objects.filter(kind="gateway").order_by("-beaten_at").first()
        if beat is None:
            sys.exit("no gateway is running: start ./opale up")
        self.gateway = int(beat.process.rpartition(":")[2])

    def watch(self, dovecot: Dovecot, addresses: list[str]) -> None:
        with self.acting(self.bench):
            for address in addresses:
                self.boxes.objects.update_or_create(
                    address=address,
                    defaults={
                        "name": address,
                        "is_on": True,
                        "acknowledges": False,
                        "source": "imap",
                        "host": "127.0.0.1",
                        "port": dovecot.imap,
                        "security": "none",
                        "login": address,
                        "secret": self.sealed,
                    },
                )

    def switch_off(self) -> None:
        with self.acting(self.bench):
            self.boxes.objects.filter(address__endswith=DOMAIN).update(is_on=False)

    def connected(self) -> int:
        return int(
            self.boxes.objects.filter(
                address__endswith=DOMAIN, is_on=True, last_success_at__isnull=False
            )
            .exclude(connected_at=None)
            .count()
        )

    def count(self, run: str) -> int:
        """Distinct mails of a run; more rows than mails are a fault."""
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*), count(DISTINCT message_id) FROM messaging_incomingmail"
                " WHERE subject LIKE %s",
                [f"{run} %"],
            )
            rows, mails = cursor.fetchone()
        if rows != mails:
            sys.exit(f"{rows} rows for {mails} mails")
        return int(mails)

    def pss_mb(self) -> float:
        for line in Path(f"/proc/{self.gateway}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
        return 0.0


def written(run: str, number: int, size: int = 4000) -> bytes:
    head = (
        f"From: Bench <bench{number}@customer.example>\r\nTo: support@{DOMAIN}\r\n"
        f"Subject: {run} {number}\r\nMessage-ID: <{run}.{number}@customer.example>\r\n"
        "Date: Wed, 25 Nov 2026 10:00:00 +0000\r\nAuto-Submitted: auto-generated\r\n\r\n"
    )
    return head.encode() + (b"x" * 70 + b"\r\n") * (size // 72)


def until(condition: Callable[[], Any], seconds: float, what: str) -> float:
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > seconds:
            sys.exit(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.005)
    return time.monotonic() - began


def measure_latency(bench: Bench, dovecot: Dovecot, addresses: list[str], run: str) -> float:
    """p95 of the seconds from dovecot's answer to the committed row."""
    took = []
    for number in range(200):
        message = written(run, number)
        dovecot.deliver(addresses[number * 7 % len(addresses)], message)
        took.append(
            until(
                lambda number=number: bench.mails.objects.filter(
                    message_id=f"<{run}.{number}@customer.example>"
                ).exists(),
                30,
                "a mail by IDLE",
            )
        )
    took.sort()
    print(f"  by IDLE: p50 {took[100]:.3f} s, p95 {took[190]:.3f} s, most {took[-1]:.3f} s")
    return took[190]


def measure_large(bench: Bench, dovecot: Dovecot, count: int, run: str) -> tuple[float, float]:
    """Mails a second from one mailbox, and the most memory of the gateway meanwhile."""
    address = f"large@{DOMAIN}"
    folder = dovecot.maildir(address)
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir(parents=True)
    for number in range(count):
        path = folder / "new" / f"{1_700_000_000 + number}.M1P1.bench"
        path.write_bytes(written(run, number).replace(b"\r\n", b"\n"))
    for path in (folder.parent, *folder.parent.rglob("*")):
        shutil.chown(path, KEEPER, KEEPER)
    bench.watch(dovecot, [address])
    until(lambda: bench.count(run), 60, "the first of a large mailbox")
    began, first, most, told = time.monotonic(), bench.count(run), 0.0, 0.0
    while (found := bench.count(run)) < count:
        most = max(most, bench.pss_mb())
        if time.monotonic() - told > 20:
            told = time.monotonic()
            print(f"    {found} of {count}, {bench.pss_mb():.0f} MB", flush=True)
        time.sleep(0.5)
    rate = (count - first) / (time.monotonic() - began)
    print(f"  a mailbox of {count}: {rate:.0f} mails/s, at most {most:.0f} MB")
    return rate, most


def measure_lmtp(bench: Bench, port: int, count: int, run: str) -> float:
    numbers = iter(range(count))
    lock = threading.Lock()

    def bring() -> None:
        with smtplib.LMTP("127.0.0.1", port) as client:
            while True:
                with lock:
                    number = next(numbers, None)
                if number is None:
                    return
                client.sendmail("bench@customer.example", [f"box0@{DOMAIN}"], written(run, number))

    threads = [threading.Thread(target=bring) for _ in range(20)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rate = count / (time.monotonic() - began)
    print(f"  by LMTP: {rate:.0f} mails/s acknowledged")
    if (found := bench.count(run)) != count:
        sys.exit(f"{count} were acknowledged, {found} are there")
    return rate


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default="var")
    parser.add_argument("--mailboxes", type=int, default=300)
    parser.add_argument("--large", type=int, default=50_000)
    parser.add_argument("--lmtp", type=int, default=5_000)
    options = parser.parse_args()
    addresses = [f"box{number}@{DOMAIN}" for number in range(options.mailboxes)]
    stamp = str(int(time.time()))
    with (
        opened(options.data),
        running_dovecot(f"large@{DOMAIN}", *addresses, more=CONFIG) as dovecot,
    ):
        bench = Bench()
        try:
            faults = run(bench, dovecot, addresses, stamp, options)
        finally:
            bench.switch_off()
    for fault in faults:
        print(f"  above its limit: {fault}")
    sys.exit(1 if faults else 0)


def run(
    bench: Bench, dovecot: Dovecot, addresses: list[str], stamp: str, options: argparse.Namespace
) -> list[str]:
    from django.conf import settings

    before = bench.pss_mb()
    bench.watch(dovecot, addresses)
    took = until(lambda: bench.connected() == len(addresses), 120, "all mailboxes are watched")
    memory = bench.pss_mb()
    print(
        f"  {len(addresses)} mailboxes watched after {took:.1f} s:"
        f" {memory:.0f} MB ({before:.0f} MB before)"
    )
    latency = measure_latency(bench, dovecot, addresses, f"idle{stamp}")
    rates = {"by LMTP": measure_lmtp(bench, settings.LMTP_LISTEN[1], options.lmtp, f"lmtp{stamp}")}
    rates["one mailbox"], most = measure_large(bench, dovecot, options.large, f"large{stamp}")
    memory = max(memory, most, bench.pss_mb())
    faults = [f"{rate:.0f} mails/s {name}" for name, rate in rates.items() if rate < RATE_LIMIT]
    if latency > LATENCY_LIMIT_S:
        faults.append(f"p95 {latency:.1f} s")
    if memory > PSS_LIMIT_MB:
        faults.append(f"{memory:.0f} MB")
    return faults


if __name__ == "__main__":
    main()
