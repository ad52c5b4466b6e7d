"""Shader nodes of Blender as plain calls."""

from typing import Any

import bpy

from models.synth.shapes import Vector

Socket = Any
"""A Blender node socket; bpy ships no types for it."""


class Mix:
    """Nodes of one material; every method adds one node and returns its output."""

    def __init__(self, tree: Any) -> None:  # noqa: ANN401
        self._tree = tree
        self._bsdf = tree.nodes["Principled BSDF"]
        self._place = tree.nodes.new("ShaderNodeTexCoord").outputs["Object"]

    def set(self, inputs: dict[str, Any]) -> None:
        """Set inputs of the surface, by name, to figures, colours or sockets."""
        for name, value in inputs.items():
            self._put(self._bsdf.inputs[name], value)

    def value(self, figure: float) -> Socket:
        """A figure that can be changed later."""
        socket = self._tree.nodes.new("ShaderNodeValue").outputs[0]
        socket.default_value = figure
        return socket

    def attribute(self, name: str, output: str = "Fac") -> Socket:
        """A figure or a colour that the mesh carries."""
        node = self._tree.nodes.new("ShaderNodeAttribute")
        node.attribute_name = name
        return node.outputs[output]

    def noise(self, scale: float, detail: float = 3.0) -> Socket:
        """Smooth noise about 0.5; ``scale`` in waves a metre."""
        return self._node(
            "ShaderNodeTexNoise", {"Vector": self._place, "Scale": scale, "Detail": detail}, "Fac"
        )

    def cells(self, scale: float) -> Socket:
        """The distance to the edges of irregular cells: cracks."""
        node = self._tree.nodes.new("ShaderNodeTexVoronoi")
        node.feature = "DISTANCE_TO_EDGE"
        self._put(node.inputs["Vector"], self._place)
        self._put(node.inputs["Scale"], scale)
        return node.outputs["Distance"]

    def bands(self, width_m: Socket) -> Socket:
        """Hard bands across a diagonal, 0 or 1."""
        node = self._tree.nodes.new("ShaderNodeTexWave")
        node.bands_direction = "DIAGONAL"
        self._put(node.inputs["Vector"], self._place)
        self._put(node.inputs["Scale"], self.math("DIVIDE", 0.63, width_m))
        return self.ramp(node.outputs["Fac"], 0.45, 0.55)

    def bricks(self, height_m: Socket, colours: tuple[Socket, Socket], *, upright: bool) -> Socket:
        """Bricks twice as long as high, with their joints; ``upright`` lays them on walls."""
        place = self._place
        if upright:
            part = self._tree.nodes.new("ShaderNodeSeparateXYZ")
            self._put(part.inputs[0], place)
            along = self.math("ADD", part.outputs["X"], part.outputs["Y"])
            place = self._node("ShaderNodeCombineXYZ", {"X": along, "Y": part.outputs["Z"]}, "Vector")
        inputs = {
            "Vector": place,
            "Color1": colours[0],
            "Color2": colours[1],
            "Scale": 1.0,
            "Row Height": height_m,
            "Mortar": self.scaled(colours[0], 0.45),
            "Mortar Size": self.math("MULTIPLY", height_m, 0.06),
            "Brick Width": self.math("MULTIPLY", height_m, 2.0),
        }
        node = self._tree.nodes.new("ShaderNodeTexBrick")
        for name, value in inputs.items():
            self._put(node.inputs[name], value)
        return node.outputs["Color"]

    def scaled(self, colour: Socket, factor: float) -> Socket:
        """A colour made darker or brighter."""
        node = self._tree.nodes.new("ShaderNodeVectorMath")
        node.operation = "SCALE"
        self._put(node.inputs[0], colour)
        node.inputs["Scale"].default_value = factor
        return node.outputs[0]

    def math(self, operation: str, first: Socket | float, second: Socket | float) -> Socket:
        node = self._tree.nodes.new("ShaderNodeMath")
        node.operation = operation
        self._put(node.inputs[0], first)
        self._put(node.inputs[1], second)
        return node.outputs[0]

    def ramp(self, figure: Socket, low: float, high: float) -> Socket:
        """0 below ``low``, 1 above ``high``, smooth in between."""
        node = self._tree.nodes.new("ShaderNodeMapRange")
        node.interpolation_type = "SMOOTHSTEP"
        for name, value in (("Value", figure), ("From Min", low), ("From Max", high)):
            self._put(node.inputs[name], value)
        return node.outputs["Result"]

    def blend(self, share: Socket, first: Socket | float, second: Socket | float) -> Socket:
        """From the first to the second figure."""
        return self._node("ShaderNodeMix", {"Factor": share, "A": first, "B": second}, "Result")

    def colours(self, share: Socket | float, first: Socket | Vector, second: Socket | Vector) -> Socket:
        """From the first to the second colour."""
        node = self._tree.nodes.new("ShaderNodeMixRGB")
        for socket, value in zip(node.inputs, (share, first, second), strict=True):
            self._put(socket, value)
        return node.outputs[0]

    def bump(self, height: Socket, metres: float) -> None:
        """Let light see a height."""
        normal = self._node(
            "ShaderNodeBump", {"Height": height, "Distance": metres, "Strength": 1.0}, "Normal"
        )
        self._put(self._bsdf.inputs["Normal"], normal)

    def _node(self, kind: str, inputs: dict[str, Any], output: str) -> Socket:
        node = self._tree.nodes.new(kind)
        for name, value in inputs.items():
            self._put(node.inputs[name], value)
        return node.outputs[output]

    def _put(self, socket: Socket, value: Any) -> None:  # noqa: ANN401
        if isinstance(value, bpy.types.NodeSocket):
            self._tree.links.new(value, socket)
        elif isinstance(value, tuple) and socket.type == "RGBA":
            socket.default_value = (*value[:3], 1.0)
        else:
            socket.default_value = value
