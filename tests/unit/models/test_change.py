"""Things that were not in the approved empty view are found, light that changes is not."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from models.change import EmptyViewDetector


def pavement() -> NDArray[np.uint8]:
    """Pavers with joints, stains and grain."""
    rng = np.random.default_rng(7)
    view = np.full((360, 640, 3), 128, np.uint8)
    for y in range(0, 360, 30):
        for x in range(0, 640, 40):
            shade = int(rng.integers(100, 150))
            cv2.rectangle(view, (x + 1, y + 1), (x + 38, y + 28), (shade, shade, shade), cv2.FILLED)
    return noisy(view, 1)


def noisy(view: NDArray[np.uint8], seed: int) -> NDArray[np.uint8]:
    grain = np.random.default_rng(seed).normal(0, 3, view.shape)
    return np.clip(view + grain, 0, 255).astype(np.uint8)


def with_box(view: NDArray[np.uint8]) -> NDArray[np.uint8]:
    changed = view.copy()
    cv2.rectangle(changed, (300, 150), (379, 229), (40, 90, 160), cv2.FILLED)
    return changed


def test_a_thing_left_behind_is_found_where_it_is() -> None:
    detector = EmptyViewDetector(pavement())

    found = detector.detect(noisy(with_box(pavement()), 2)).above(detector.thresholds)

    assert [found.label_of(index) for index in range(len(found))] == ["object"]
    assert found.boxes[0] == pytest.approx([300, 150, 380, 230], abs=14)


def test_the_same_view_with_other_grain_is_empty() -> None:
    assert len(EmptyViewDetector(pavement()).detect(noisy(pavement(), 2))) == 0


@pytest.mark.parametrize("gain", [0.6, 1.4])
def test_more_or_less_light_is_no_thing(gain: float) -> None:
    brighter = np.clip(pavement() * gain, 0, 255).astype(np.uint8)

    assert len(EmptyViewDetector(pavement()).detect(noisy(brighter, 3))) == 0


def test_the_soft_shadow_of_a_cloud_is_no_thing() -> None:
    shade = cv2.GaussianBlur(np.where(np.arange(640) > 320, 0.6, 1.0)[np.newaxis], (0, 0), 60)
    shaded = (pavement() * shade[:, :, np.newaxis]).astype(np.uint8)

    assert len(EmptyViewDetector(pavement()).detect(noisy(shaded, 3))) == 0


def test_the_reference_may_have_another_size() -> None:
    small = cv2.resize(pavement(), (320, 180), interpolation=cv2.INTER_AREA).astype(np.uint8)

    found = EmptyViewDetector(small).detect(noisy(with_box(pavement()), 2))

    assert found.boxes[0] == pytest.approx([300, 150, 380, 230], abs=14)


@pytest.mark.parametrize("gain", [0.6, 1.0, 1.4])
def test_what_a_box_shows_is_as_in_the_reference_or_not(gain: float) -> None:
    now = np.clip(with_box(pavement()) * gain, 0, 255).astype(np.uint8)
    height, width = now.shape[:2]
    boxes = np.array([[300 / width, 150 / height, 380 / width, 230 / height], [0, 0, 0.3, 0.3]])

    thing, ground = EmptyViewDetector(pavement()).changed_shares(noisy(now, 3), boxes)

    assert thing > 0.5
    assert ground < 0.05


def test_another_view_altogether_is_no_thing() -> None:
    turned = np.ascontiguousarray(pavement()[::-1, ::-1])

    assert len(EmptyViewDetector(pavement()).detect(turned)) == 0


def test_the_reference_is_named_by_its_hash() -> None:
    one, other = EmptyViewDetector(pavement()).info, EmptyViewDetector(with_box(pavement())).info

    assert one.name == other.name == "empty_view"
    assert one.sha256 != other.sha256
