"""The web process: Django pages and API by WSGI threads."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatzee.settings")
application = get_wsgi_application()

from core.checks import refuse_unsafe_start  # noqa: E402  # needs the apps that the line above loads
from core.events.relay import background  # noqa: E402  # as above

refuse_unsafe_start()
background.start()

# What is loaded now stays: to look through it for garbage again and again was a tenth of a page's processor time.
gc.collect()
gc.freeze()
gc.set_threshold(20_000)
