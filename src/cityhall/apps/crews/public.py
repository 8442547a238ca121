"""What the demo may ask of the crews room."""

from cityhall.apps.crews.queries import materials
from cityhall.apps.crews.services import load_visits, save_material

__all__ = ["load_visits", "materials", "save_material"]
