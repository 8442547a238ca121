"""The WSGI application Granian serves."""

import os

from django.core.wsgi import get_wsgi_application

from cityhall.config.bodies import Bodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cityhall.config.settings")
pages = get_wsgi_application()

from cityhall.kernel.django.programs import with_doors  # noqa: E402  # needs the settings

application = Bodies(with_doors(pages))
