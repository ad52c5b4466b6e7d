"""Tracing: a network of torch becomes an ONNX file that takes pictures of any size."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

OPSET = 17


def trace(network: Any, path: Path, px: int, answer: str, axes: Mapping[int, str]) -> None:  # noqa: ANN401  ultralytics ships no types
    """Write ``network`` into ``path``: input `images` (1, 3, height, width), output ``answer``.

    ``px`` is the side of the picture that it is traced with, ``axes`` are those of the answer that change.
    """
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
