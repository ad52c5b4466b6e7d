"""Labels come from geometry that can be checked by hand."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from models.synth.camera import View
from models.synth.ground import KERB_M, Dip, Ground, Water
from models.synth.labels import (
    Instance,
    Truth,
    find_truths,
    find_water,
    outline_area,
    road_heights,
    water_mask,
)
from models.synth.plan import Thing
from models.synth.poses import corners, pose_of
from models.synth.shapes import Paint, Piece, box
from models.synth.stills import plan_still

VIEW = View(x=1.0, y=-2.0, z=6.0, pan_deg=7.0, tilt_deg=18.0, roll_deg=2.0)
WHITE = Paint(rgb=(1, 1, 1))


def test_what_lies_straight_ahead_falls_in_the_middle_of_the_picture() -> None:
    view = View(x=0, y=0, z=5, pan_deg=0, tilt_deg=45)

    assert view.project(np.array([[5.0, 0.0, 0.0]]))[0] == pytest.approx((256, 144))


def test_what_lies_to_the_left_falls_left_and_what_is_higher_falls_higher() -> None:
    ahead, left, high = VIEW.project(np.array([[15.0, 0, 0], [15.0, 2, 0], [15.0, 0, 2]]))

    assert left[0] < ahead[0]
    assert high[1] < ahead[1]


def test_a_point_behind_the_camera_is_nowhere() -> None:
    assert np.isnan(VIEW.project(np.array([[-20.0, 0.0, 0.0]]))).all()


def test_the_homography_undoes_the_projection_of_the_ground() -> None:
    ground = np.array([[8.0, -3.0, 0.0], [14.0, 2.5, 0.0], [40.0, -6.0, 0.0]])
    fractions = VIEW.project(ground) / (VIEW.width, VIEW.height)

    east, north, scale = VIEW.homography() @ np.column_stack([fractions, np.ones(3)]).T

    assert np.column_stack([east / scale, north / scale]) == pytest.approx(ground[:, :2] - (VIEW.x, VIEW.y))


def test_each_pixel_sees_the_ground_that_projects_into_it() -> None:
    places = VIEW.ground()

    x, y = places[200, 300]
    assert VIEW.project(np.array([[x, y, 0.0]]))[0] == pytest.approx((300.5, 200.5))
    assert np.isnan(View(x=0, y=0, z=5, pan_deg=0, tilt_deg=0).ground()[0]).all(), "above the horizon"


def test_a_box_holds_exactly_the_pixels_that_show_the_thing() -> None:
    index = _index((slice(10, 30), slice(40, 70)), 3)

    truths = find_truths(index, [_instance("car", (3,), 40, 10, 70, 30)])

    assert truths == (Truth(label="car", left=40, top=10, right=70, bottom=30),)


def test_a_thing_of_several_pieces_has_one_box_about_all_of_them() -> None:
    index = _index((slice(10, 20), slice(40, 50)), 1) + _index((slice(20, 40), slice(30, 60)), 2)

    truths = find_truths(
        index, [_instance("stall", (1, 2), 30, 10, 60, 40), _instance("umbrella", (1,), 40, 10, 50, 20)]
    )

    assert [(t.label, t.left, t.top, t.right, t.bottom) for t in truths] == [
        ("stall", 30, 10, 60, 40),
        ("umbrella", 40, 10, 50, 20),
    ]


def test_a_thing_that_is_hidden_but_for_a_strip_has_no_label() -> None:
    index = _index((slice(10, 50), slice(40, 46)), 1)

    assert find_truths(index, [_instance("bus", (1,), 40, 10, 90, 50)]) == ()


def test_a_thing_cut_off_by_the_edge_is_measured_by_its_part_in_the_picture() -> None:
    index = _index((slice(10, 50), slice(0, 20)), 1)

    assert len(find_truths(index, [_instance("bus", (1,), -200, 10, 20, 50)])) == 1


def test_an_outline_beyond_the_picture_has_no_area() -> None:
    assert outline_area(np.array([[200.0, 10], [220, 10], [210, 40]]), (60, 100)) == 0
    assert outline_area(np.array([[10.0, 10], [30, 10], [30, 20], [10, 20]]), (60, 100)) == pytest.approx(200)


def test_a_yolo_line_holds_class_number_centre_and_size_in_fractions() -> None:
    line = Truth(label="car", left=10, top=20, right=30, bottom=60).yolo(100, 200)

    assert line == "4 0.200000 0.200000 0.200000 0.200000"


def test_a_hollow_lies_below_the_gutter_and_the_pavement_a_kerb_above_it() -> None:
    ground = Ground(seed=1, road_m=7, roughness=0, dips=(Dip(x=10, y=-3.5, half_x=2, half_y=1, depth=0.2),))
    x, y = np.array([10.0, 20.0, 10.0]), np.array([-3.5, -3.5, 1.0])

    heights = ground.height(x, y)

    assert (heights < 0.0).tolist() == [True, False, False]
    assert (heights < KERB_M + 0.01).tolist() == [True, True, True]


def test_the_level_follows_its_moments() -> None:
    water = Water(moments_s=(5, 10, 20), levels_m=(-0.1, 0.0, -0.1))

    assert [water.level_at(at) for at in (0, 7.5, 10, 15, 99)] == pytest.approx(
        [-0.1, -0.05, 0.0, -0.05, -0.1]
    )


def test_the_water_mask_leaves_out_what_stands_before_the_water() -> None:
    heights = road_heights(replace(plan_still("shop_street", 3), view=VIEW))
    nothing = np.zeros((VIEW.height, VIEW.width), np.int32)
    someone = nothing.copy()
    someone[150:250, 250:300] = 9

    free, covered = water_mask(heights, 0.5, nothing), water_mask(heights, 0.5, someone)

    assert free[200, 270]
    assert not covered[150:250, 250:300].any()
    assert (free & ~covered).sum() == free[150:250, 250:300].sum()


def test_a_sheet_that_a_pole_divides_has_one_box_and_a_drop_has_none() -> None:
    mask = np.zeros((100, 200), bool)
    mask[40:60, 20:120] = True
    mask[:, 70:73] = False
    mask[90:93, 190:193] = True

    assert find_water(mask) == (Truth(label="water", left=20, top=40, right=120, bottom=60),)


def test_a_walking_leg_swings_about_its_hip_and_a_standing_one_keeps_still() -> None:
    leg = Piece(parts=(box((0.1, 0.1, 0.8), (0, 0, -0.8), WHITE),), pivot=(0, 0.1, 0.9), swing_rad=0.4)
    walker = Thing(kind="walker", seed=0, x=5, y=1, speed_mps=1.2)

    swings = {round(pose.swing, 3) for at in (0.1, 0.3, 0.6) if (pose := pose_of(walker, leg, at))}
    heights = [corners(walker, [leg], at)[:, 2].max() for at in (0.1, 0.3, 0.6)]

    assert len(swings) == 3
    assert max(heights) == pytest.approx(0.9, abs=0.03)
    stander = replace(walker, speed_mps=0.0)
    assert np.array_equal(corners(stander, [leg], 0), corners(stander, [leg], 9))


def _index(where: tuple[slice, slice], number: int) -> NDArray[np.int32]:
    index = np.zeros((60, 100), np.int32)
    index[where] = number
    return index


def _instance(label: str, indices: tuple[int, ...], left: int, top: int, right: int, bottom: int) -> Instance:
    outline = np.array([(left, top), (right, top), (right, bottom), (left, bottom)], float)
    return Instance(label=label, indices=indices, outline=outline)
