"""The WSGI application Granian serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application

from cityhall.config.bodies import Bodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cityhall.config.settings")
gc.disable()  # while the pages load, nothing is thrown away
pages = get_wsgi_application()

from cityhall.kernel.django.programs import with_doors  # noqa: E402  # needs the settings

application = Bodies(with_doors(pages))

# What is loaded by now stays for good. The garbage collector need not go through it again and again: that took a tenth
# of a second, several times a minute, while every other request of the process waited.
gc.collect()
gc.freeze()
gc.enable()
