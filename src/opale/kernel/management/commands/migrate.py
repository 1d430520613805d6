"""Django's `migrate`, in fewer steps: see `kernel.migrating`."""

from typing import Any

from django.core.management.commands import migrate

from opale.kernel import migrating


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> str | None:
        # It is by this name that Django's command makes its executor.
        migrate.MigrationExecutor = migrating.Executor  # type: ignore[attr-defined]  # imported there
        return super().handle(*args, **options)
