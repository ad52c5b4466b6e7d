"""Every kind of thing that a plan may name, with the function that builds it."""

from collections.abc import Callable, Mapping

from models.synth.cars import build_bus, build_car
from models.synth.cycles import (
    build_bicycle,
    build_cyclist,
    build_scooter,
    build_scooter_rider,
    build_tricycle,
)
from models.synth.dice import Rng
from models.synth.goods import (
    build_bench,
    build_bin,
    build_bollards,
    build_chair,
    build_goods,
    build_planter,
    build_table,
)
from models.synth.people import build_stander, build_walker
from models.synth.plants import build_hedge, build_tree
from models.synth.shapes import Piece
from models.synth.stalls import build_fruit_stall, build_stall
from models.synth.trucks import build_muck_truck, build_truck

KINDS: Mapping[str, Callable[[Rng], tuple[Piece, ...]]] = {
    "walker": build_walker,
    "stander": build_stander,
    "bicycle": build_bicycle,
    "cyclist": build_cyclist,
    "scooter": build_scooter,
    "scooter_rider": build_scooter_rider,
    "tricycle": build_tricycle,
    "car": build_car,
    "bus": build_bus,
    "truck": build_truck,
    "muck_truck": build_muck_truck,
    "stall": build_stall,
    "fruit_stall": build_fruit_stall,
    "goods": build_goods,
    "chair": build_chair,
    "table": build_table,
    "bench": build_bench,
    "planter": build_planter,
    "bin": build_bin,
    "bollards": build_bollards,
    "tree": build_tree,
    "hedge": build_hedge,
}

LABELS = (
    "person",
    "bicycle",
    "motorcycle",
    "tricycle",
    "car",
    "bus",
    "truck",
    "muck_truck",
    "umbrella",
    "stall",
    "goods",
    "chair",
    "table",
    "bench",
    "plant",
    "bag",
    "bin",
    "water",
)
"""Label names in the order of the class numbers of the label files."""
