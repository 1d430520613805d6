"""The demo company as passed to the apps, and the loading of each app's data."""

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
    """The demo company's people, customers and infrastructure, and the moment it is loaded."""

    staff: Staff
    portfolio: Portfolio
    estate: Estate
    now: datetime
    seed: int

    def random(self, offset: int) -> Random:
        """Return a random generator for one app, independent of what other apps draw."""
        return Random(self.seed + offset)


def load_apps(company: DemoCompany) -> None:
    """Load the data of each module of `opale.demo.app_data`, those in its `AFTER` first."""
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
