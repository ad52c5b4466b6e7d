"""The network that looks again: one of photos, and who judges what it sees."""

import hashlib
from pathlib import Path

from torch import Tensor

from models.manifest import Closer, Second, second_file
from models.scene import Judge, Scene
from models.seen_regions import INPUT_PX
from models.tail import EARLY, Tail
from models.tracing import shrink, trace


class LooksAgain(Scene):
    """EfficientNet-Lite2 and a judge of what it sees, or of what a tail sees in its stead."""

    def __init__(self, judge: Judge, tail: Tail | None = None) -> None:
        super().__init__()
        self.judge, self.tail = judge, tail

    def forward(self, images: Tensor) -> Tensor:
        """Return (n,) logits of images (n, 3, h, w), RGB from 0 to 1."""
        features = self.features(images)
        logits: Tensor = self.judge(self.tail(self.maps[EARLY]) if self.tail else features)
        return logits


def write_look(
    model: Path, closer: Closer, training_id: str, judge: Judge, tail: Tail | None = None
) -> Second:
    """Write a network into a model's folder, whole or not at all; return what the manifest is to say."""
    part = model / ".second.part"
    try:
        trace(LooksAgain(judge, tail).eval(), part, INPUT_PX, "logit", {})
        shrink(part)
        sha256 = hashlib.sha256(part.read_bytes()).hexdigest()
        path = second_file(closer.labels, sha256)
        part.replace(model / path)
    finally:
        part.unlink(missing_ok=True)
    return Second(path=path, sha256=sha256, input_px=INPUT_PX, training_id=training_id, look=closer)
