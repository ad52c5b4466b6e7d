"""The arrays that leave a detector."""

import numpy as np
import pytest

from models.detections import Detections

LABELS = ("person", "car")


def three() -> Detections:
    boxes = np.array([[0, 0, 10, 10], [5, 5, 20, 20], [1, 1, 2, 2]], np.float32)
    return Detections(boxes, np.array([0.9, 0.6, 0.4], np.float32), np.array([1, 0, 1]), LABELS)


def test_a_box_knows_its_label() -> None:
    found = three()

    assert [found.label_of(index) for index in range(len(found))] == ["car", "person", "car"]


def test_only_boxes_at_or_above_the_threshold_of_their_label_are_kept() -> None:
    found = three().above({"person": 0.6, "car": 0.5})

    assert [found.label_of(index) for index in range(len(found))] == ["car", "person"]


def test_labels_without_a_threshold_are_left_out() -> None:
    found = three().above({"person": 0.1})

    assert [found.label_of(index) for index in range(len(found))] == ["person"]


def test_nothing_found_is_empty_and_stays_so() -> None:
    found = Detections.empty(LABELS)

    assert len(found) == 0
    assert len(found.above({"car": 0.0})) == 0


@pytest.mark.parametrize(
    ("boxes", "confidences", "class_ids"),
    [((2, 5), (2,), (2,)), ((2, 4), (1,), (2,)), ((2, 4), (2,), (2, 1)), ((4,), (4,), (4,))],
)
def test_arrays_of_other_shapes_are_refused(
    boxes: tuple[int, ...], confidences: tuple[int, ...], class_ids: tuple[int, ...]
) -> None:
    with pytest.raises(ValueError, match=r"\(n, 4\)"):
        Detections(
            np.zeros(boxes, np.float32),
            np.zeros(confidences, np.float32),
            np.zeros(class_ids, np.intp),
            LABELS,
        )


@pytest.mark.parametrize("class_id", [-1, 2])
def test_a_class_without_a_label_is_refused(class_id: int) -> None:
    with pytest.raises(ValueError, match="class ids must be 0 to 1"):
        Detections(np.zeros((1, 4), np.float32), np.ones(1, np.float32), np.array([class_id]), LABELS)
