"""Lets the first person into an Opale that has no administrator yet."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from opale.kernel.actor import system
from opale.kernel.errors import Invalid, OpaleError
from opale.organisation.actions.first_administrator import (
    FirstAdministrator,
    create_first_administrator,
)


class Command(BaseCommand):
    help = (
        "Make the first administrator of an empty Opale, with the company and the team that it"
        " takes, and print the link by which the password is chosen. Refused once there is one."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--name", required=True, help="of the person, such as 'Ada Martin'")
        parser.add_argument("--email", required=True, help="with which the person logs in")
        parser.add_argument("--company", required=True, help="name of the company that operates")
        parser.add_argument("--country", default="FR", help="of the company, two letters (FR)")
        parser.add_argument("--language", default="fr", choices=("fr", "en"))
        parser.add_argument("--time-zone", default="Europe/Paris")

    def handle(self, *args: Any, **options: Any) -> None:
        asked = FirstAdministrator(
            name=options["name"],
            email=options["email"],
            company=options["company"],
            country=options["country"],
            language=options["language"],
            time_zone=options["time_zone"],
        )
        try:
            link = create_first_administrator(asked, by=system("first-administrator"))
        except OpaleError as error:
            fields = error.fields if isinstance(error, Invalid) else {}
            said = [f"{name}: {sentence}" for name, sentence in fields.items()]
            raise CommandError("; ".join(said) or error.sentence) from error
        self.stdout.write(f"Choose the password of {asked.email} here:\n{link}")
