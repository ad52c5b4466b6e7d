"""Tracing: a network of torch becomes an ONNX file that takes pictures of any size."""

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxslim
import torch
from numpy.typing import NDArray

OPSET = 17
SMALL = 1000
"""Fewer numbers than this are not worth halving."""


def trace(network: Any, path: Path, px: int, answer: str, axes: Mapping[int, str]) -> None:  # noqa: ANN401  ultralytics ships no types
    """Write ``network`` into ``path``: input `images` (1, 3, height, width), output ``answer``.

    ``px`` is the side of the picture that it is traced with, ``axes`` are those of the answer that change.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=DeprecationWarning)  # of this way of tracing
        warnings.filterwarnings("ignore", "Constant folding", UserWarning)
        torch.onnx.export(
            network,
            (torch.zeros(1, 3, px, px),),
            str(path),
            opset_version=OPSET,
            input_names=["images"],
            output_names=[answer],
            dynamic_axes={"images": {2: "height", 3: "width"}, answer: dict(axes)},
            dynamo=False,
        )


def shrink(path: Path) -> None:
    """Simplify an ONNX file, its large weights in half precision on disk."""
    onnx.save(onnxslim.slim(onnx.load(str(path))), str(path))
    halve(path)


def halve(path: Path) -> None:
    """Keep the large weights of an ONNX file in half precision on disk.

    onnxruntime widens them once, when it opens the file.
    """
    model: Any = onnx.load(str(path))
    graph, casts = model.graph, []
    for weights in graph.initializer:
        if weights.data_type == onnx.TensorProto.FLOAT and np.prod(weights.dims) > SMALL:
            name, values = weights.name, onnx.numpy_helper.to_array(weights)
            weights.CopyFrom(onnx.numpy_helper.from_array(values.astype(np.float16), f"{name}.half"))
            casts.append(onnx.helper.make_node("Cast", [weights.name], [name], to=onnx.TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.save(model, str(path))


def weights_in(content: bytes) -> dict[str, NDArray[Any]]:
    """Return the weights of an ONNX file by the names that they had before `halve`."""
    graph: Any = onnx.load_from_string(content).graph
    return {one.name.removesuffix(".half"): onnx.numpy_helper.to_array(one) for one in graph.initializer}
