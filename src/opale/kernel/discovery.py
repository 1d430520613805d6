"""Discovery of the modules by which an app adds its rights, addresses and endpoints."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from django.apps import AppConfig, apps
from django.utils.module_loading import module_has_submodule


def app_modules(name: str) -> Iterator[tuple[AppConfig, ModuleType]]:
    """Import `<app>.<name>` of each of Opale's apps that has it, in the order of INSTALLED_APPS.

    `name` may have dots (`web.urls`).
    Errors: whatever such a module raises when it is imported.
    """
    for config in apps.get_app_configs():
        if config.name.startswith("opale.") and _has(config, name):
            yield config, import_module(f"{config.name}.{name}")


def parts_of(config: AppConfig, name: str, attribute: str) -> Iterator[ModuleType]:
    """Import `<app>.<name>` where it has the attribute; of a package without it, import the modules
    that have it.
    """
    if not _has(config, name):
        return
    module = import_module(f"{config.name}.{name}")
    for part in [module] if hasattr(module, attribute) else submodules(module):
        if hasattr(part, attribute):
            yield part


def submodules(package: ModuleType) -> Iterator[ModuleType]:
    """Import the modules of a package by name; return none for a module that is no package."""
    for found in iter_modules(getattr(package, "__path__", ())):
        yield import_module(f"{package.__name__}.{found.name}")


def _has(config: AppConfig, name: str) -> bool:
    package: ModuleType = config.module  # type: ignore[assignment]  # an app has its module
    *packages, module = name.split(".")
    for part in packages:
        if not module_has_submodule(package, part):
            return False
        package = import_module(f"{package.__name__}.{part}")
    return module_has_submodule(package, module)
