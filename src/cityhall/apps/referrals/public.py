"""What the command line and the demo may ask of the referrals room."""

from cityhall.apps.referrals.queries import figures
from cityhall.apps.referrals.rules import MOST_BYTES, parse
from cityhall.apps.referrals.services import load_referrals, receive_mail, save_body

__all__ = ["MOST_BYTES", "figures", "load_referrals", "parse", "receive_mail", "save_body"]
