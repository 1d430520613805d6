from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from opale.kernel.facts_reference import page

TARGET = Path("docs/reference/facts.md")


class Command(BaseCommand):
    help = "Print docs/reference/facts.md: who announces what, and who listens."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--write", action="store_true", help=f"write {TARGET} under the present folder"
        )

    def handle(self, *args: Any, write: bool = False, **options: Any) -> None:
        if write:
            TARGET.parent.mkdir(parents=True, exist_ok=True)
            TARGET.write_text(page(), encoding="utf-8")
        else:
            self.stdout.write(page(), ending="")
