"""`./opale manage load_request_catalogue`: the requests that come with Opale."""

from typing import Any

from django.core.management.base import BaseCommand

from opale.kernel.actor import system
from opale.run.desk.actions.catalogue import load_catalogue


class Command(BaseCommand):
    help = "Add the shipped requests that are missing; those that are there stay as they are."

    def handle(self, *_args: Any, **_options: Any) -> None:
        added = load_catalogue(by=system("catalogue"))
        self.stdout.write(f"{added} requests were added to the catalogue.")
