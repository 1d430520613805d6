"""Preloading of all of Opale once, before processes are forked that share it."""

import gc
import importlib
import os
from importlib.metadata import entry_points


def preload_modules() -> None:
    """Load what a web process, a worker or a gateway may need into this process.

    Modules loaded by the children would be in memory once for each of them. No connection is opened
    and no thread started.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opale.settings")
    importlib.import_module("django").setup()
    importlib.import_module("opale.web.dispatcher")
    importlib.import_module("opale.urls")
    for listener in entry_points(group=importlib.import_module("opale.cli.gateway").GROUP):
        listener.load()
    # The garbage collector would write to the loaded memory pages, which would end their sharing.
    gc.collect()
    gc.freeze()
