"""The album: every scene draws, differs once mended, and is the same every time."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from cityhall.demo.past import kinds
from cityhall.demo.pictures import album


def test_every_photographed_kind_has_a_scene() -> None:
    assert {kind.picture for kind in kinds.KINDS if kind.picture} <= set(album.SCENES)


@pytest.mark.parametrize("scene", sorted(album.SCENES))
def test_a_scene_draws_trouble_and_its_repair(scene: str) -> None:
    before, after = (album.draw((scene, 0, state)) for state in ("before", "after"))
    assert before != after
    picture = Image.open(io.BytesIO(before))
    assert picture.format == "JPEG"
    assert picture.size == (960, 720)
    assert not picture.getexif()


def test_the_same_picture_is_drawn_the_same() -> None:
    assert album.draw(("graffiti", 1, "before")) == album.draw(("graffiti", 1, "before"))


def test_any_variant_a_request_asks_for_is_in_the_album() -> None:
    pictures = set(album.album())
    assert {album.entry((scene, 9_999, "before")) for scene in album.SCENES} <= pictures
