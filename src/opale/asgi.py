"""What a web server runs: `granian --interface asgi --http 1 --no-ws opale.asgi:app`."""

import os
import sys

from django.core.wsgi import get_wsgi_application

from opale.kernel import memory

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opale.settings")
_pages_and_api = get_wsgi_application()

from opale.ui.addresses import learn_addresses  # noqa: E402  # both import models: Django must
from opale.web.dispatcher import Dispatcher  # noqa: E402  # be ready

app = Dispatcher(_pages_and_api)

# A collection that walked through all that is loaded would hold up one page in fifty for as long as
# the page itself takes.
learn_addresses()
memory.keep_what_is_loaded()
memory.collect_seldom()
memory.give_back_seldom()

# Whoever waits for the database gives the processor away, and has it back when the thread that
# runs is interrupted: after Python's own 5 ms, a page of ten questions would wait for 50 ms while
# lists are drawn again beside it.
sys.setswitchinterval(0.0005)
