"""Recompute what was promised on tickets and when it is due, from the record."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from opale.run.desk.actions.commitments import rebuild_commitments
from opale.run.desk.models import Ticket
from opale.run.desk.states import OPEN_STATES


class Command(BaseCommand):
    help = "Recompute the commitments of all open tickets from their record; breaches stay."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--ticket", type=int, action="append", help="only this number")
        parser.add_argument("--all", action="store_true", help="ended tickets too")

    def handle(self, *args: Any, **options: Any) -> None:
        tickets = Ticket.objects.all()
        if options["ticket"]:
            tickets = tickets.filter(number__in=options["ticket"])
        elif not options["all"]:
            tickets = tickets.filter(state__in=OPEN_STATES)
        total = tickets.count()

        def progress(done: int) -> None:
            self.stdout.write(f"{done:,} of {total:,} tickets")

        done = rebuild_commitments(tickets, progress=progress)
        self.stdout.write(self.style.SUCCESS(f"{done:,} tickets have their clocks anew."))
