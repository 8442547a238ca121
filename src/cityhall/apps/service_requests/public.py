"""What other rooms and the demo may ask of the service requests room."""

from cityhall.apps.service_requests.queries import categories, definition, one, published
from cityhall.apps.service_requests.services import file_request
from cityhall.apps.service_requests.services.category_packs import ensure_category, load_category_pack
from cityhall.apps.service_requests.services.loading import bulk_load

__all__ = [
    "bulk_load",
    "categories",
    "definition",
    "ensure_category",
    "file_request",
    "load_category_pack",
    "one",
    "published",
]
