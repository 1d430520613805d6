"""The dispatcher: raw ASGI for what is live or heavy, Django in threads for pages and API."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opale.settings")
