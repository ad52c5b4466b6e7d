from hypothesis import given
from hypothesis import strategies as st

from edge.adapters.window import Window
from edge.ports import Parcel


def parcels(*rows: int) -> list[Parcel]:
    return [Parcel(row_id=row, lane="event", key=f"i{row}/1", payload=b"") for row in rows]


def chosen(window: Window, waiting: list[Parcel], now_s: float) -> list[int]:
    return [parcel.row_id for parcel in window.choose(waiting, now_s)]


def test_a_new_parcel_goes_at_once_and_in_order() -> None:
    window = Window(3)

    assert chosen(window, parcels(1, 2), 0.0) == [1, 2]


def test_a_window_holds_no_more_than_its_size_until_one_is_settled() -> None:
    window = Window(2)

    assert chosen(window, parcels(1, 2, 3), 0.0) == [1, 2]
    assert chosen(window, parcels(1, 2, 3), 1.0) == []
    assert chosen(window, parcels(2, 3), 2.0) == [3]


def test_what_is_not_settled_goes_again_after_a_growing_wait() -> None:
    window = Window(1, first_wait_s=5, longest_wait_s=12)

    times = [now_s for now_s in range(60) if chosen(window, parcels(1), now_s)]

    assert times == [0, 5, 15, 27, 39, 51]


def test_it_says_when_it_wants_to_be_asked_again() -> None:
    window = Window(2, first_wait_s=5)
    assert window.next_s() == float("inf")

    window.choose(parcels(1), 10.0)

    assert window.next_s() == 15.0


@given(st.lists(st.sets(st.integers(1, 6), min_size=1), max_size=20))
def test_nothing_waits_longer_than_the_longest_wait(rounds: list[set[int]]) -> None:
    window = Window(6, longest_wait_s=30)

    for index, rows in enumerate(rounds):
        window.choose(parcels(*sorted(rows)), 31.0 * index)
        left = parcels(*sorted(rows))
        assert chosen(window, left, 31.0 * index) == []
        assert window.next_s() <= 31.0 * index + 30
