"""The demo company as its apps find it, and what each of them adds to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from graphlib import TopologicalSorter
from random import Random
from types import ModuleType

from opale.demo import app_data
from opale.demo.company import Staff
from opale.demo.estate import Estate
from opale.demo.portfolio import Portfolio
from opale.kernel.discovery import submodules


@dataclass(frozen=True, slots=True)
class DemoCompany:
    """Its people, what was sold to whom, what that stands on, and the moment it is loaded."""

    staff: Staff
    portfolio: Portfolio
    estate: Estate
    now: datetime
    seed: int

    def random(self, offset: int) -> Random:
        """Return random numbers of an app's own: what another app draws changes nothing here."""
        return Random(self.seed + offset)


def load_apps(company: DemoCompany) -> None:
    """Load what each module of `opale.demo.app_data` adds, those it names in `AFTER` before it."""
    for module in modules_in_order():
        module.load(company)


def modules_in_order() -> Iterator[ModuleType]:
    """Yield the modules of `opale.demo.app_data`.

    Errors: CycleError; KeyError of an unknown name.
    """
    modules = {module.__name__.rpartition(".")[2]: module for module in submodules(app_data)}
    after = {name: getattr(module, "AFTER", ()) for name, module in modules.items()}
    for name in TopologicalSorter(after).static_order():
        yield modules[name]
