"""Coordinates of the three systems in use in China, turned into WGS 84."""

import math
from collections.abc import Callable
from enum import StrEnum

_SEMI_MAJOR_M = 6378245.0
_ECCENTRICITY2 = 0.00669342162296594323
_BD_TURN = math.pi * 3000.0 / 180.0
_STEPS = 6
"""Each step of the inversion divides the error by about 1e4; three already reach 1e-9 degrees."""


class Crs(StrEnum):
    """What the two numbers of a coordinate mean; every import must declare it."""

    WGS84 = "WGS-84"
    GCJ02 = "GCJ-02"  # Amap, Tencent: shifted by some 500 m
    BD09 = "BD-09"  # Baidu: shifted once more


def to_wgs84(crs: Crs, *, lat: float, lon: float) -> tuple[float, float]:
    """Return (lat, lon) in WGS 84 degrees."""
    if crs is Crs.BD09:
        lat, lon = _gcj_of_bd(lat, lon)
    return (lat, lon) if crs is Crs.WGS84 else _invert(_gcj_of_wgs, lat, lon)


def _invert(
    shift: Callable[[float, float], tuple[float, float]], lat: float, lon: float
) -> tuple[float, float]:
    guess_lat, guess_lon = lat, lon
    for _ in range(_STEPS):
        there_lat, there_lon = shift(guess_lat, guess_lon)
        guess_lat, guess_lon = guess_lat + lat - there_lat, guess_lon + lon - there_lon
    return guess_lat, guess_lon


def _gcj_of_wgs(lat: float, lon: float) -> tuple[float, float]:
    """Shift as the published polynomial of GCJ-02 does."""
    x, y = lon - 105.0, lat - 35.0
    shared = (20 * math.sin(6 * x * math.pi) + 20 * math.sin(2 * x * math.pi)) * 2 / 3
    d_lat = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x)) + shared
    d_lat += (20 * math.sin(y * math.pi) + 40 * math.sin(y / 3 * math.pi)) * 2 / 3
    d_lat += (160 * math.sin(y / 12 * math.pi) + 320 * math.sin(y * math.pi / 30)) * 2 / 3
    d_lon = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x)) + shared
    d_lon += (20 * math.sin(x * math.pi) + 40 * math.sin(x / 3 * math.pi)) * 2 / 3
    d_lon += (150 * math.sin(x / 12 * math.pi) + 300 * math.sin(x / 30 * math.pi)) * 2 / 3
    sin_lat = math.sin(math.radians(lat))
    magic = 1 - _ECCENTRICITY2 * sin_lat * sin_lat
    meridian_m = _SEMI_MAJOR_M * (1 - _ECCENTRICITY2) / (magic * math.sqrt(magic))
    parallel_m = _SEMI_MAJOR_M / math.sqrt(magic) * math.cos(math.radians(lat))
    return lat + math.degrees(d_lat / meridian_m), lon + math.degrees(d_lon / parallel_m)


def _gcj_of_bd(lat: float, lon: float) -> tuple[float, float]:
    x, y = lon - 0.0065, lat - 0.006
    radius = math.hypot(x, y) - 0.00002 * math.sin(y * _BD_TURN)
    angle = math.atan2(y, x) - 0.000003 * math.cos(x * _BD_TURN)
    return radius * math.sin(angle), radius * math.cos(angle)
