"""What a web server runs: `granian --interface asgi --http 1 --no-ws opale.asgi:app`."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import resolve

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opale.settings")
_pages_and_api = get_wsgi_application()

from opale.web.dispatcher import Dispatcher  # noqa: E402  # imports models: Django must be ready

app = Dispatcher(_pages_and_api)

# What is loaded stays for good: a collection that walked through it would hold up one page in fifty
# for as long as the page itself takes.
resolve("/")
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 50)
