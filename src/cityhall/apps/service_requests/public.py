"""What other rooms and the demo may ask of the service requests room."""

from cityhall.apps.service_requests.queries import categories, definition, one, published
from cityhall.apps.service_requests.services import file_request

__all__ = ["categories", "definition", "file_request", "one", "published"]
