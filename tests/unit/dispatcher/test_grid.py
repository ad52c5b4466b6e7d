import pytest
from shapely.geometry import Polygon

from dispatcher.domain.datum import Crs, to_wgs84
from dispatcher.domain.grid import Cell, Grid, GridError
from dispatcher.domain.merge import distance_m
from tests.district import IN_EAST, IN_SHOPS, IN_WEST, NOWHERE, a_cell, some_cells

GRID = Grid(some_cells())


def _codes(path: tuple[Cell, ...]) -> list[str]:
    return [cell.code for cell in path]


@pytest.mark.parametrize(
    ("point", "path"),
    [
        pytest.param(IN_SHOPS, ["W1S", "W1", "W", "T"], id="a special cell wins by being smaller"),
        pytest.param(IN_WEST, ["W1", "W", "T"], id="a unit"),
        pytest.param(IN_EAST, ["E", "T"], id="an area without units"),
    ],
)
def test_a_point_belongs_to_the_smallest_cell_that_holds_it(point: dict[str, float], path: list[str]) -> None:
    place = GRID.locate(**point, layer="gov")

    assert _codes(place.path) == path
    assert not place.outside


def test_on_a_border_between_equals_the_first_code_wins() -> None:
    place = GRID.locate(lat=31.235, lon=121.47, layer="gov")

    assert _codes(place.path) == ["E", "T"]


def test_a_point_outside_all_cells_is_the_roots_and_is_marked() -> None:
    place = GRID.locate(**NOWHERE, layer="gov")

    assert _codes(place.path) == ["T"]
    assert place.outside


def test_each_layer_answers_for_itself() -> None:
    place = GRID.locate(**IN_SHOPS, layer="market")

    assert _codes(place.path) == ["M"]


def test_an_unknown_layer_is_named_with_those_there_are() -> None:
    with pytest.raises(KeyError, match="gov, market"):
        GRID.locate(**IN_WEST, layer="police")


def test_the_cells_below_a_cell_include_itself() -> None:
    assert GRID.below("W") == {"W", "W1", "W1S"}


def test_everything_wrong_with_the_cells_is_said_at_once() -> None:
    square = (121.0, 31.0, 121.1, 31.1)
    bow_tie = Cell(
        code="X",
        parent="T",
        layer="gov",
        kind="any",
        name="X",
        polygon=Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]),
    )
    cells = [
        a_cell("T", None, square),
        a_cell("T2", None, square),
        a_cell("A", "B", square),
        a_cell("B", "A", square),
        a_cell("C", "nobody", square),
        a_cell("D", "T", square, layer="market"),
        bow_tie,
        a_cell("X", "T", square),
    ]

    with pytest.raises(GridError) as caught:
        Grid(cells)

    said = str(caught.value).splitlines()
    assert "cell X occurs 2 times" in said
    assert "layer gov: needs one root (parent null), has T, T2" in said
    assert "layer market: needs one root (parent null), has none" in said
    assert "cell A: its parents go round in a circle" in said
    assert "cell C: its parent nobody is not there" in said
    assert "cell D: its parent T is of layer gov, not market" in said
    assert "cell X: its polygon crosses itself or is empty" in said


def test_no_cells_at_all_are_refused() -> None:
    with pytest.raises(GridError, match="no cells"):
        Grid([])


@pytest.mark.parametrize(
    ("crs", "lat", "lon"),
    [
        # the figures that coordtransform publishes for its forward functions
        pytest.param(Crs.GCJ02, 39.91640428150164, 116.41024449916938, id="GCJ-02"),
        pytest.param(Crs.WGS84, 39.915, 116.404, id="WGS-84 is left alone"),
    ],
)
def test_a_shifted_coordinate_comes_back_to_its_place(crs: Crs, lat: float, lon: float) -> None:
    real_lat, real_lon = to_wgs84(crs, lat=lat, lon=lon)

    assert distance_m(lat=real_lat, lon=real_lon, to_lat=39.915, to_lon=116.404) < 0.1


def test_bd_09_is_gcj_02_shifted_once_more() -> None:
    baidu = to_wgs84(Crs.BD09, lat=39.915, lon=116.404)

    amap = to_wgs84(Crs.GCJ02, lat=39.90865673957631, lon=116.39762729119315)
    assert distance_m(lat=baidu[0], lon=baidu[1], to_lat=amap[0], to_lon=amap[1]) < 0.1


def test_the_shift_in_shanghai_is_large_enough_to_miss_every_small_cell() -> None:
    lat, lon = to_wgs84(Crs.GCJ02, lat=31.23, lon=121.47)

    assert 400 < distance_m(lat=lat, lon=lon, to_lat=31.23, to_lon=121.47) < 600
