"""Demo data of the desk: request catalogue, text modules and macros."""

from opale.demo.demo_company import DemoCompany
from opale.demo.macros import write_macros
from opale.demo.text_modules import write_modules
from opale.kernel.actor import system
from opale.run.desk.actions.catalogue import load_catalogue


def load(company: DemoCompany) -> None:
    by = system("demo")
    load_catalogue(by=by)
    write_modules(company.random(4), company.now, by=by)
    write_macros(company.random(5), company.now, by=by)
