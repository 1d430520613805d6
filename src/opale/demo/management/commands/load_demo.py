"""`opale manage load_demo`: the demo company, small in seconds or large for benchmarks."""

import os
import secrets
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from opale.customers.models import Customer
from opale.demo.bulk import load_large
from opale.demo.credentials import FILE
from opale.demo.index_rebuild import analyze, undo, was_cut_short
from opale.demo.loader import SIZES, load_small
from opale.demo.progress import Progress
from opale.environment import database
from opale.kernel.roles import OWNER, ROLES
from opale.organisation.models import Company

SEED = 1789


class Command(BaseCommand):
    help = "Load the demo company into an empty database."
    # It writes rows and draws no page: reading every room's addresses would cost a second.
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--size", choices=sorted(SIZES), default="small")
        parser.add_argument("--seed", type=int, default=SEED, help="another company, same rules")
        parser.add_argument("--tickets", type=int, help="fewer tickets than the large size has")
        parser.add_argument(
            "--customers", type=int, help="of fewer tickets; else as many as these fill"
        )

    def handle(self, *_words: Any, **options: Any) -> None:
        folder = Path(settings.DATA)
        owner_url = os.environ.get("OPALE_OWNER_URL") or settings.DATABASE_URL
        # Whoever may become the application and the owner of the tables writes more quickly.
        login = database("OPALE_OWNER_URL", owner_url, role=settings.DATABASE_ROLE)
        if may_be_owner := login["USER"] not in ROLES:
            connection.settings_dict.update(login)
        elif login["USER"] != OWNER and (options["size"] == "large" or was_cut_short()):
            raise CommandError(
                "The large company is written, and taken away, as the owner of the tables: let "
                "OPALE_OWNER_URL name a login that may become opale_owner."
            )
        progress = Progress(self.stderr)
        if was_cut_short():
            self.stderr.write("A load was cut short; its rows are removed and it begins again.")
            undo(owner_url, progress)
        elif Company.objects.exists() or Customer.objects.exists():
            if (folder / FILE).exists():
                self.stdout.write("The demo company is already there.")
                return
            raise CommandError(
                "There is a company in this database already: the demo is only loaded into an "
                "empty one."
            )
        password = f"opale-{secrets.token_hex(4)}-{secrets.token_hex(4)}"
        if options["size"] == "large":
            load_large(
                folder,
                owner_url,
                seed=options["seed"],
                password=password,
                tickets=options["tickets"],
                customers=options["customers"],
                progress=progress,
            )
        else:
            load_small(folder, seed=options["seed"], password=password)
            if may_be_owner:
                analyze(owner_url)
        self.stdout.write(f"The demo company is loaded; its logins are in {folder / FILE}.")
