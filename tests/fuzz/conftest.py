from __future__ import annotations

import pytest


@pytest.fixture
def number(db: None) -> str:
    """A city with one request in it, so that the pages about one have something to show."""
    from tests.support import city

    from cityhall.apps.service_requests import services
    from cityhall.apps.service_requests.contracts import NewRequest, Place
    from cityhall.apps.service_requests.models import Category, CategoryGroup
    from cityhall.kernel.actors import ANONYMOUS

    city.build()
    group = CategoryGroup.objects.create(code="streets", name={"en": "Streets", "es": "Calles"})
    Category.objects.create(code="pothole", group=group, name={"en": "Pothole", "es": "Bache"})
    new = NewRequest("pothole", Place(*city.CENTER, address="1202 Grand Ave"), description="Deep")
    return services.file_request(new, actor=ANONYMOUS).number
