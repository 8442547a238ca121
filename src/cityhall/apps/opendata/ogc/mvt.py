"""Points as Mapbox Vector Tiles, version 2.1: the few lines of it that points need.

A tile is protocol buffers: `Tile.layers` (3) of a name (1), features (2), keys (3), values (4), extent (5) and version
(15); a feature has tags (2), type (3) and geometry (4). Keys and values are written once, and features point to them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from struct import pack
from typing import Final

EXTENT: Final = 4096
"""Steps from one side of a tile to the other."""
_BYTES: Final = 2
_POINT: Final = 1
_MOVE_TO_ONE: Final = 9
_LARGEST: Final = 2**53

Value = str | bool | int | float


@dataclass(frozen=True, slots=True)
class Dot:
    """A point within a tile, in steps from its upper left corner."""

    x: int
    y: int
    properties: Mapping[str, Value]


def tile(layers: Mapping[str, Iterable[Dot]]) -> bytes:
    """Return a tile of layers by name; a layer without dots is left out, as the format asks."""
    return b"".join(_part(3, written) for name, dots in layers.items() if (written := _layer(name, dots)))


def _layer(name: str, dots: Iterable[Dot]) -> bytes:
    keys: dict[str, int] = {}
    values: dict[tuple[type, Value], int] = {}
    features = [_part(2, _feature(dot, keys, values)) for dot in dots]
    if not features:
        return b""
    told = [_part(3, key.encode()) for key in keys] + [_part(4, _value(value)) for _, value in values]
    return b"".join(
        (_part(1, name.encode()), *features, *told, _field(5, 0), _number(EXTENT), _field(15, 0), _number(2))
    )


def _feature(dot: Dot, keys: dict[str, int], values: dict[tuple[type, Value], int]) -> bytes:
    told: list[bytes] = []
    for name, value in dot.properties.items():
        told.append(_number(keys.setdefault(name, len(keys))))
        told.append(_number(values.setdefault((type(value), value), len(values))))
    tags = b"".join(told)
    geometry = _number(_MOVE_TO_ONE) + _number(_folded(dot.x)) + _number(_folded(dot.y))
    return _part(2, tags) + _field(3, 0) + _number(_POINT) + _part(4, geometry)


def _value(value: Value) -> bytes:
    if isinstance(value, str):
        return _part(1, value.encode("utf-8", "replace"))
    if isinstance(value, bool):
        return _field(7, 0) + _number(int(value))
    if -_LARGEST <= value < _LARGEST and value == int(value):
        return _field(6, 0) + _number(_folded(int(value)))
    return _field(3, 1) + pack("<d", value)


def _folded(number: int) -> int:
    """Return a number so that small negative ones are short, too."""
    return number << 1 if number >= 0 else (-number << 1) - 1


def _field(tag: int, wire: int) -> bytes:
    return _number(tag << 3 | wire)


def _part(tag: int, content: bytes) -> bytes:
    return _field(tag, _BYTES) + _number(len(content)) + content


def _number(number: int) -> bytes:
    return _SMALL[number] if number < len(_SMALL) else _written(number)


def _written(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    found.append(number)
    return bytes(found)


_SMALL: Final = tuple(_written(number) for number in range(1 << 14))
"""A tile of a thousand rows is some thirty thousand numbers, nearly all of them small."""
