"""Where the 设区市 lie, as tiles: north at the top, the coast on the right."""

from __future__ import annotations

from schemas import call

# Row and column from 1, by GB/T 2260 code.
_TILES = {
    "320300": (1, 1), "320700": (1, 3),
    "321300": (2, 2), "320800": (2, 3), "320900": (2, 4),
    "321000": (3, 2), "321200": (3, 3), "320600": (3, 4),
    "320100": (4, 1), "321100": (4, 2), "320400": (4, 3), "320200": (4, 4), "320500": (4, 5),
}


def tile(city: call.City) -> tuple[int, int]:
    """Row and column of a city's tile; a city without a place gets one below the map."""
    below = [known.code for known in call.CITIES if known.code not in _TILES]
    return _TILES.get(city.code) or (5 + below.index(city.code) // 5, 1 + below.index(city.code) % 5)
