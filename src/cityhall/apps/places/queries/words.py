"""How an address is said in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext as _

from cityhall.apps.places.rules.address_text import block_of


def block_words(address: str) -> str:
    """Return a block in words, "cuadra 1200 de Grand Ave"; "" for what is no block.

    A block is kept in English, as `generalise_address` makes it.
    """
    number, street = block_of(address)
    if not street:
        return ""
    if number == "unit":
        return _("unit block of %(street)s") % {"street": street}
    return _("%(number)s block of %(street)s") % {"number": number, "street": street}


def address_words(address: str) -> str:
    """Return an address as it is said within a sentence."""
    return block_words(address) or address
