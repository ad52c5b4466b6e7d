"""What the base model knew is kept: a frozen copy of it watches the training."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy
from ultralytics.utils.loss import v8DetectionLoss

SURE = 0.2
"""Of the base model; its boxes are followed where it is surer than this."""

Preds = dict[str, Tensor]  # "boxes" (n, 4 * reg_max, anchors), "scores" (n, labels, anchors), "feats"


class KeepingLoss(v8DetectionLoss):  # type: ignore[misc]
    """The detection loss, plus what departs from the base model on the labels that it knows.

    Hinton, Vinyals, Dean 2015, "Distilling the Knowledge in a Neural Network": its answers are the targets,
    not labels cut off at a threshold. Regions labelled with something that it does not know are left out.
    """

    def __init__(self, model: nn.Module, base: nn.Module, known: list[bool], weight: float) -> None:
        super().__init__(model)
        self.base, self.weight = base.eval(), weight
        self.known = torch.tensor(known)

    def loss(self, preds: Preds, batch: dict[str, Any]) -> tuple[Tensor, dict[str, Tensor]]:
        """Return box, class and distribution loss times the batch size, and the three for the log."""
        assigned, loss, items = self.get_assigned_targets_and_loss(preds, batch)
        taught = torch.tensor(batch["taught"])
        if taught.any():
            with torch.no_grad():
                told = self.base(batch["clear"][taught])[1]
            counted = ~self._strange(batch, assigned[3], assigned[4], len(taught))[taught]
            cls, dfl = self._departure({k: preds[k][taught] for k in ("boxes", "scores")}, told, counted)
            loss = loss + torch.stack([loss.new_zeros(()), cls * self.hyp.cls, dfl * self.hyp.dfl])
        return loss * preds["boxes"].shape[0], items

    def _departure(self, preds: Preds, told: Preds, counted: Tensor) -> tuple[Tensor, Tensor]:
        """How far scores and box edges are from those of the base model, over anchors that count."""
        targets = told["scores"][:, self.known].sigmoid() * counted[:, None]
        scores = preds["scores"][:, self.known]
        apart = binary_cross_entropy_with_logits(scores, targets, reduction="none") * counted[:, None]
        total = targets.sum().clamp(min=1)
        sure = targets.amax(1)
        followed = sure > SURE
        if not followed.any():
            return self.weight * apart.sum() / total, scores.new_zeros(())
        ours, theirs = (self._edges(one["boxes"], followed) for one in (preds, told))
        edges = cross_entropy(ours, theirs.softmax(1), reduction="none").view(-1, 4).mean(1)
        weight = sure[followed]
        return self.weight * apart.sum() / total, self.weight * (edges * weight).sum() / weight.sum()

    def _edges(self, boxes: Tensor, followed: Tensor) -> Tensor:
        return boxes.permute(0, 2, 1)[followed].reshape(-1, self.reg_max)

    def _strange(self, batch: dict[str, Any], anchors: Tensor, strides: Tensor, count: int) -> Tensor:
        """Return (pictures, anchors): true inside a box whose label the base model does not know."""
        strange = torch.zeros(count, len(anchors), dtype=torch.bool)
        centres = anchors * strides  # pixels
        height, width = batch["img"].shape[2:]
        unknown = ~self.known[batch["cls"].flatten().long()]
        for picture, (x, y, w, h) in zip(
            batch["batch_idx"][unknown].long().tolist(), batch["bboxes"][unknown].tolist(), strict=True
        ):
            inside = ((centres[:, 0] - x * width).abs() <= w * width / 2) & (
                (centres[:, 1] - y * height).abs() <= h * height / 2
            )
            strange[picture] |= inside
        return strange
