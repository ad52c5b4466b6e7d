"""The network that looks again: one of photos, and for each kind of look who judges what it sees."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from models.manifest import SECOND_FILE
from models.scene import Judge, Scene
from models.seen_regions import INPUT_PX
from models.tail import EARLY, Tail
from models.tracing import shrink, trace


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Judged:
    """Who judges at one kind of look: a judge, of what the network of photos sees or a tail of its own."""

    judge: Judge
    tail: Tail | None = None


class LooksAgain(Scene):
    """EfficientNet-Lite2 and what judges there, a logit for each kind of look."""

    def __init__(self, looks: Sequence[Judged]) -> None:
        super().__init__()
        self.judge = nn.Module()
        self.judge.judges = nn.ModuleList(look.judge for look in looks)
        tails = {str(which): look.tail for which, look in enumerate(looks) if look.tail is not None}
        self.tails = nn.ModuleDict(tails)

    def forward(self, images: Tensor) -> Tensor:
        """Return (n, looks) logits for images (n, 3, h, w), RGB from 0 to 1."""
        features, logits = self.features(images), list[Tensor]()
        for which, judge in enumerate(self.judge.judges):
            own = str(which) in self.tails
            logits.append(judge(self.tails[str(which)](self.maps[EARLY]) if own else features))
        return torch.stack(logits, dim=1)


def write_looks(model: Path, looks: Sequence[Judged]) -> None:
    """Write the network into a model's folder.

    Interrupted before the manifest names it, a model that had a second look is refused for its hash until
    it is learnt again.
    """
    part = model / f".{SECOND_FILE}.part"
    try:
        trace(LooksAgain(looks).eval(), part, INPUT_PX, "logits", {})
        shrink(part)
        part.replace(model / SECOND_FILE)
    finally:
        part.unlink(missing_ok=True)
