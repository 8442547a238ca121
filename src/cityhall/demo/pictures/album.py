"""The album: a few variants of every scene, shared by many requests."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from cityhall.demo.past.records import Picture
from cityhall.demo.pictures import places, roadside, underfoot
from cityhall.demo.pictures.canvas import DAY, EVENING, GREY, NIGHT, Mood, Sheet

Scene = Callable[[Sheet, bool], None]

_MOODS = (DAY, GREY, EVENING)

# Each scene, and how many variants of it are drawn: more where more people send photos.
SCENES: dict[str, tuple[Scene, int]] = {
    "pothole": (underfoot.pothole, 3),
    "graffiti": (roadside.graffiti, 3),
    "dumping": (roadside.dumping, 2),
    "streetlight": (roadside.streetlight, 2),
    "sidewalk": (underfoot.sidewalk, 2),
    "branch": (roadside.branch, 2),
    "bin": (roadside.litter_bin, 2),
    "car": (roadside.car, 2),
    "sign": (roadside.sign, 1),
    "tree": (roadside.overgrown, 1),
    "crack": (underfoot.crack, 1),
    "signal": (roadside.signal, 1),
    "park": (places.fence, 1),
    "swing": (places.swing, 1),
    "drain": (underfoot.drain, 1),
    "flood": (roadside.flood, 1),
    "leak": (underfoot.leak, 1),
    "hydrant": (roadside.hydrant, 1),
    "crosswalk": (underfoot.crosswalk, 1),
    "bikelane": (underfoot.bikelane, 1),
    "scooters": (places.scooters, 1),
    "weeds": (places.weeds, 1),
    "busstop": (places.busstop, 1),
    "bench": (places.bench, 1),
}


def entry(picture: Picture) -> Picture:
    """Return the album's picture for one a request asks for: its variant, brought into the album's range."""
    scene, variant, state = picture
    return scene, variant % SCENES[scene][1], state


def draw(picture: Picture, seed: int = 1) -> bytes:
    """Draw one picture of the album as a JPEG. Before and after share their light and their street."""
    scene, variant, state = entry(picture)
    rng = random.Random(f"{seed}/{scene}/{variant}")
    sheet = Sheet(rng, _mood(scene, variant, rng))
    SCENES[scene][0](sheet, state == "after")
    return sheet.jpeg()


def _mood(scene: str, variant: int, rng: random.Random) -> Mood:
    if scene == "streetlight":
        return NIGHT
    if scene in ("flood", "branch"):
        return GREY
    return _MOODS[(variant + rng.randrange(3)) % 3]


def album() -> Iterator[Picture]:
    """Yield every picture of the album."""
    for scene, (_, variants) in SCENES.items():
        for variant in range(variants):
            yield scene, variant, "before"
            yield scene, variant, "after"
