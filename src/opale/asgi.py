"""ASGI application that a web server runs: `granian --interface asgi --http 1 --no-ws
opale.asgi:app`.
"""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opale.settings")
_pages_and_api = get_wsgi_application()

from opale.web.dispatcher import Dispatcher  # noqa: E402  # imports models: Django must be ready

app = Dispatcher(_pages_and_api)
