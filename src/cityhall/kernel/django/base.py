"""What every model starts from."""

from __future__ import annotations

from django.db import models

from cityhall.kernel.ids import new_id


class Record(models.Model):
    """A row whose id is a UUIDv7 made in Python."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)

    class Meta:
        abstract = True
