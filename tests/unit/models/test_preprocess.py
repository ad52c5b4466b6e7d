"""Pictures fit into the input, and boxes find their way back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.manifest import STEP_PX
from models.preprocess import GREY, letterbox


def test_a_wide_picture_gets_as_little_grey_as_can_be() -> None:
    white = np.full((1080, 1920, 3), 255, np.uint8)

    fitted = letterbox(white, 640)

    assert fitted.blob.shape == (1, 3, 384, 640)
    assert (fitted.left_px, fitted.top_px) == (0, 12)
    assert fitted.blob[0, :, 8, 32] == pytest.approx(GREY / 255)
    assert fitted.blob[0, :, 32, 32] == pytest.approx(1.0)


@given(st.integers(1, 2000), st.integers(1, 2000))
def test_both_sides_of_an_input_are_steps_and_the_longer_is_what_was_asked(width: int, height: int) -> None:
    _, _, down, across = letterbox(np.zeros((height, width, 3), np.uint8), 128).blob.shape

    assert max(down, across) == 128
    assert down % STEP_PX == across % STEP_PX == 0


def test_colours_arrive_as_red_green_blue() -> None:
    blue = np.zeros((32, 32, 3), np.uint8)
    blue[:, :, 0] = 255

    assert letterbox(blue, 64).blob[0, :, 16, 16].tolist() == [0.0, 0.0, 1.0]


@given(st.integers(8, 2000), st.integers(8, 2000))
def test_a_box_of_the_input_comes_back_to_its_place_in_the_picture(width: int, height: int) -> None:
    fitted = letterbox(np.zeros((height, width, 3), np.uint8), 128)
    wanted = np.array([[0.25 * width, 0.25 * height, 0.75 * width, 0.75 * height]], np.float32)
    offset = np.array([fitted.left_px, fitted.top_px] * 2)

    back = fitted.to_picture((wanted * fitted.scale + offset).astype(np.float32))

    assert np.allclose(back, wanted, atol=0.01)


def test_boxes_never_leave_the_picture() -> None:
    fitted = letterbox(np.zeros((50, 100, 3), np.uint8), 64)

    back = fitted.to_picture(np.array([[-9, -9, 99, 99]], np.float32))

    assert back.tolist() == [[0, 0, 100, 50]]


@pytest.mark.parametrize("shape", [(8, 8), (8, 8, 4), (0, 8, 3)])
def test_what_is_no_picture_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="a picture is"):
        letterbox(np.zeros(shape, np.uint8), 32)
