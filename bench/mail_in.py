"""How many mails a second are kept, read and handled, by two workers.

    PYTHONPATH=src:. .venv/bin/python bench/mail_in.py --data DIR [--mails 2000] [--workers 2]

On an installation that is up (`./opale up --data DIR`), whose own worker takes part: the mails are
kept in batches, as the gateway does, by a mailbox of their own, and handled by the desk: each opens
a ticket. Exit code 1 where fewer than 100 a second are read and kept, or a mail was not handled.
"""

import argparse
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from bench.inside import opened

LIMIT = 100.0
BATCH = 50
ADDRESS = "bench-in@opale.example"
BODY = "Bonjour,\r\n\r\nLe lien du site {n} est coupé.\r\n\r\nCordialement,\r\nLéa\r\n"


def mail(run: str, n: int) -> bytes:
    """A mail of a person, with its text and its HTML."""
    text = BODY.format(n=n)
    return (
        f"From: Lea Martin <lea.{n}@client-{n % 200}.example>\r\nTo: {ADDRESS}\r\n"
        f"Subject: Panne du site {n}\r\nMessage-ID: <{run}.{n}@client.example>\r\n"
        "Date: Tue, 24 Nov 2026 10:00:00 +0100\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/alternative; boundary=b\r\n\r\n"
        f"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
        f"--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>{text}</p>\r\n--b--\r\n"
    ).encode()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True)
    parser.add_argument("--mails", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    with opened(asked.data):
        return measure(asked.mails, asked.workers)


def measure(count: int, workers: int) -> int:
    from opale.kernel.actor import system
    from opale.kernel.attribution import attributed
    from opale.messaging.actions.process_incoming import process_mails
    from opale.messaging.actions.store_incoming import NewMail, store_mails
    from opale.messaging.domain.mail_parser.parser import parse_mail
    from opale.messaging.models import IncomingMail, Mailbox

    run = f"b{time.time_ns()}"
    with attributed(system("bench")):
        box, _ = Mailbox.objects.get_or_create(
            address=ADDRESS, defaults={"name": "Bench", "acknowledges": False}
        )
    raws = [mail(run, n) for n in range(count)]
    began = time.perf_counter()
    for raw in raws:
        parse_mail(raw)
    print(f"read     {count / (time.perf_counter() - began):8.0f} mails/s")
    began = time.perf_counter()
    for start in range(0, count, BATCH):
        store_mails([NewMail(raw, ADDRESS, "lmtp") for raw in raws[start : start + BATCH]])
    kept = time.perf_counter()
    rate = count / (kept - began)
    print(f"kept     {rate:8.0f} mails/s")
    with ThreadPoolExecutor(workers) as threads:
        list(threads.map(lambda _: process_mails(), range(workers)))
    mine = IncomingMail.objects.filter(mailbox=box, message_id__startswith=f"<{run}.")
    deadline = time.monotonic() + 120
    while mine.filter(state="received").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    seconds = time.perf_counter() - began
    handled = mine.filter(state="done").count()
    print(f"handled  {count / (seconds - (kept - began)):8.0f} mails/s")
    print(f"in all   {count / seconds:8.0f} mails/s; {handled} of {count} handled")
    return 0 if rate >= LIMIT and handled == count else 1


if __name__ == "__main__":
    sys.exit(main())
