import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.detection import Box
from edge.domain.ground import Ground, Homography, invertible
from edge.plan import fit_homography

# A camera 6 m up looking north, tilted so that the horizon is at a fifth of the picture's height:
# 10 m ahead at the bottom, by similar triangles 8 / (y - 0.2) metres north.
STREET: Homography = ((10.0, 0.0, -5.0), (0.0, 0.0, 8.0), (0.0, 1.0, -0.2))
GROUND = Ground(lat=31.2, lon=121.4, homography=STREET)


def test_a_point_of_the_ground_is_where_the_plane_says() -> None:
    assert GROUND.metres((0.5, 1.0)) == pytest.approx((0.0, 10.0))
    assert GROUND.metres((1.0, 0.6)) == pytest.approx((12.5, 20.0))

    place = GROUND.locate((0.5, 1.0), zone_id="any")

    assert place.method == "homography"
    assert (place.lat - 31.2) * 111_195 == pytest.approx(10.0)
    assert place.lon == pytest.approx(121.4)


def test_a_place_is_known_worse_the_farther_it_is() -> None:
    near, middle, far = (GROUND.locate((0.5, y), zone_id="any").accuracy_m for y in (1.0, 0.6, 0.4))

    assert near < middle < far
    assert near == pytest.approx(0.005 * math.hypot(10 / 0.8, 8 / 0.8**2), rel=0.02)


@pytest.mark.parametrize("y", [0.22, 0.2, 0.1])
def test_at_the_horizon_and_above_the_zone_or_the_camera_is_given(y: float) -> None:
    stated = Ground(lat=31.2, lon=121.4, homography=STREET, zones=(("pavement", 31.3, 121.5),))

    by_zone = stated.locate((0.5, y), zone_id="pavement")
    by_camera = stated.locate((0.5, y), zone_id="another")

    assert (by_zone.method, by_zone.lat) == ("zone", 31.3)
    assert (by_camera.method, by_camera.lat) == ("camera", 31.2)
    assert by_zone.accuracy_m < by_camera.accuracy_m


def test_the_ground_under_a_box_is_its_area_in_metres() -> None:
    area_m2 = GROUND.area_m2(Box(left=0.4, top=0.6, right=0.6, bottom=1.0))

    near_m, far_m = 0.2 * 10 / 0.8, 0.2 * 10 / 0.4
    assert area_m2 == pytest.approx((near_m + far_m) / 2 * 10.0)
    assert GROUND.area_m2(Box(left=0.4, top=0.1, right=0.6, bottom=1.0)) is None


@given(st.floats(0, 1), st.floats(0.3, 1))
def test_places_and_offsets_are_each_others_way_back(x: float, y: float) -> None:
    metres, place = GROUND.metres((x, y)), GROUND.locate((x, y), zone_id="any")

    assert metres == pytest.approx(GROUND.offset_m(lat=place.lat, lon=place.lon), abs=1e-5)


def test_four_reference_points_give_the_plane_back() -> None:
    points = [(0.1, 0.9), (0.9, 0.95), (0.7, 0.4), (0.2, 0.5)]
    metres = [there for point in points if (there := GROUND.metres(point))]

    homography, error_m = fit_homography(points, metres, where="test")
    fitted = Ground(lat=31.2, lon=121.4, homography=homography)

    assert error_m < 1e-6
    assert fitted.metres((0.5, 0.7)) == pytest.approx(GROUND.metres((0.5, 0.7)), abs=1e-4)


def test_reference_points_that_disagree_make_every_place_less_sure() -> None:
    points = [(0.1, 0.9), (0.9, 0.95), (0.7, 0.4), (0.2, 0.5), (0.5, 0.7)]
    metres = [there for point in points if (there := GROUND.metres(point))]
    metres[-1] = metres[-1][0] + 5.0, metres[-1][1]

    _, error_m = fit_homography(points, metres, where="test")

    assert 0.5 < error_m < 5.0


def test_a_homography_that_folds_the_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be inverted"):
        invertible(((1.0, 0.0, 0.0), (2.0, 0.0, 0.0), (0.0, 0.0, 1.0)))
