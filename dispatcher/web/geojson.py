"""The grid as GeoJSON (RFC 7946), for maps."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from dispatcher.domain.grid import Cell, Grid
from dispatcher.web.problems import Problem


class CellProperties(BaseModel):
    """What is known of a cell besides its shape."""

    code: str
    name: str
    kind: str
    layer: str
    parent: str | None
    level: int = Field(description="0 is the root of the layer.")


class Feature(BaseModel):
    type: Literal["Feature"] = "Feature"
    geometry: dict[str, Any]
    properties: CellProperties


class FeatureCollection(BaseModel):
    """Cells, the larger before the smaller, so that the smaller are drawn on top."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[Feature]


def cells_of(grid: Grid, *, layer: str | None, around: str | None) -> FeatureCollection:
    """Return the cells of ``layer``, or of the layer that ``around`` belongs to; raise the 404."""
    wanted = next((cell.layer for cell in grid.cells if cell.code == around), layer or grid.layers[0])
    cells = [cell for cell in grid.cells if cell.layer == wanted]
    if not cells:
        known = ", ".join(grid.layers)
        raise Problem(404, "no such layer", f"the grid has no layer {wanted}; there are: {known}")
    features = [_feature(cell, grid) for cell in cells]
    return FeatureCollection(features=sorted(features, key=lambda one: one.properties.level))


def _feature(cell: Cell, grid: Grid) -> Feature:
    return Feature(
        geometry=cell.polygon.__geo_interface__,
        properties=CellProperties(
            code=cell.code,
            name=cell.name,
            kind=cell.kind,
            layer=cell.layer,
            parent=cell.parent,
            level=len(grid.path(cell.code)) - 1,
        ),
    )
