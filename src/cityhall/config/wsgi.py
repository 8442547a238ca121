"""The WSGI application Granian serves."""

import os

from django.core.wsgi import get_wsgi_application

from cityhall.config.bodies import Bodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cityhall.config.settings")
application = Bodies(get_wsgi_application())
