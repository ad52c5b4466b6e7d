"""A tail: the last blocks of EfficientNet-Lite2, for a look that learns to see with its own."""

from typing import Any

from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from models.scene import Scene, summary_of

EARLY = 14
"""A tail begins with what this block sees: 120 maps of stride 16. The blocks up to it are ImageNet's."""
DROPPED = 0.1
"""In learning, so large a share of the last block is left out now and then, of those before less."""
FOLDED = {"_expand_conv": "_bn0", "_depthwise_conv": "_bn1", "_project_conv": "_bn2"}
"""The convolutions of a block, and what normalises each."""


class Tail(nn.Module):  # type: ignore[misc]
    """Maps of block EARLY (n, 120, h, w) to features (n, 2560), as a scene has them.

    What normalises by batch is folded into the convolutions, as in a published file: from one, a tail can
    learn on.
    """

    def __init__(self) -> None:
        super().__init__()
        network = Scene().network
        blocks: Any = network.get_submodule("_blocks")
        self.blocks: Any = blocks[EARLY + 1 :]
        for block in self.blocks:
            block._forward_hooks.clear()  # noqa: SLF001  what a scene keeps of its maps
            for convolution, normalised in FOLDED.items():
                _fold(block, convolution, normalised)
        _fold(network, "_conv_head", "_bn1")
        self.last, self.bent = network.get_submodule("_conv_head"), network.get_submodule("_swish")
        self.requires_grad_(requires_grad=True)

    def forward(self, maps: Tensor) -> Tensor:
        """Return (n, 2560), mean and maximum of each map."""
        for index, block in enumerate(self.blocks, 1):
            dropped = DROPPED * index / len(self.blocks) if self.training else None
            maps = block(maps, drop_connect_rate=dropped)
        return summary_of(self.bent(self.last(maps)))


def _fold(holder: nn.Module, convolution: str, normalised: str) -> None:
    """Fold what normalises a convolution's maps into it; at stride 1 it pads by itself, which is faster."""
    folded: Any = fuse_conv_bn_eval(holder.get_submodule(convolution), holder.get_submodule(normalised))
    if folded.stride == (1, 1):
        folded.static_padding = nn.Identity()
        folded.padding = tuple(side // 2 for side in folded.kernel_size)
    setattr(holder, convolution, folded)
    setattr(holder, normalised, nn.Identity())
