"""What the command line asks of the set-up room."""

from cityhall.apps.setup.queries import is_new, mail_server, standing, was_entered
from cityhall.apps.setup.rules import read_answers
from cityhall.apps.setup.services.answering import apply
from cityhall.apps.setup.services.entrance import finish, make_code

__all__ = ["apply", "finish", "is_new", "mail_server", "make_code", "read_answers", "standing", "was_entered"]
