"""Making the public form of requests anew, after the settings of their category changed."""

from __future__ import annotations

from procrastinate.contrib.django import app

from cityhall.apps.service_requests.models import Category
from cityhall.apps.service_requests.services import category_packs
from cityhall.apps.service_requests.services.configuring import REAPPLY


@app.task(name=REAPPLY, queue="upkeep")
def reapply(category_id: str) -> int:
    """Set anew what the public sees of a category's requests, and by which words it finds them; return how many."""
    return category_packs.reapply(Category.objects.get(id=category_id))
