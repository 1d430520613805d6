"""Writes docs/reference/acts.md from what apps declare."""

from django.core.management.base import BaseCommand

from opale.acts.reference import page


class Command(BaseCommand):
    help = "Print docs/reference/acts.md."

    def handle(self, *args: object, **options: object) -> None:
        self.stdout.write(page(), ending="")
