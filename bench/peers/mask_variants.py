"""Vectors of the mask variants of docs/variants.md, by PyTorch and transformers.

    python bench/peers/mask_variants.py test/train/mask-variants

writes a tiny random BERT (config.json, model.safetensors), and vectors.safetensors: one batch, the trainable tensors, and
for each variant its masks, the logits, the loss and the gradients that autograd takes. The masks are given, so that no
random generator has to agree with another.
"""

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import BertConfig, BertForSequenceClassification

RANK, ALPHA, RATE = 4, 8.0, 0.25
TARGETS = ("query", "key", "value", "dense")
VARIANTS = {
    "columns": dict(masked="columns"),
    "rows": dict(masked="rows"),
    "rank": dict(masked="rank"),
    "columns_and_rows, inverse": dict(masked="columns_and_rows", scaling="inverse"),
    "rank, inverse": dict(masked="rank", scaling="inverse"),
    "columns_and_rows, row": dict(masked="columns_and_rows", sharing="row"),
    "rank, row": dict(masked="rank", sharing="row"),
    "rows, row, inverse": dict(masked="rows", sharing="row", scaling="inverse"),
}


class Adapted(torch.nn.Module):
    """W0 x + s · m_B ∘ (B (m_R ∘ (A (m_A ∘ x)))), each mask times its factor; a mask is [n], or [batch, 1, n]."""

    def __init__(self, linear: torch.nn.Linear):
        super().__init__()
        self.linear = linear
        self.lora_A = torch.nn.Parameter(torch.randn(RANK, linear.in_features) * 0.3)
        self.lora_B = torch.nn.Parameter(torch.randn(linear.out_features, RANK) * 0.3)
        self.masks: dict[str, torch.Tensor] = {}

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        hidden = (x * self.masks.get("columns", 1.0)) @ self.lora_A.T
        update = (hidden * self.masks.get("rank", 1.0)) @ self.lora_B.T
        return self.linear(x) + ALPHA / RANK * update * self.masks.get("rows", 1.0)


def adapt(model: torch.nn.Module) -> dict[str, Adapted]:
    found = {}
    for name, module in list(model.bert.encoder.named_modules()):
        if isinstance(module, torch.nn.Linear) and name.split(".")[-1] in TARGETS:
            parent = model.bert.encoder.get_submodule(name.rsplit(".", 1)[0])
            adapted = Adapted(module)
            setattr(parent, name.rsplit(".", 1)[1], adapted)
            found[f"bert.encoder.{name}"] = adapted
    return found


def main(folder: Path) -> None:
    torch.manual_seed(2508)
    config = BertConfig(
        vocab_size=30, hidden_size=24, num_hidden_layers=2, num_attention_heads=3, intermediate_size=40,
        max_position_embeddings=16, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, num_labels=3,
    )
    model = BertForSequenceClassification(config).eval()
    for parameter in model.parameters():
        parameter.requires_grad_(False)
        if parameter.ndim == 2:
            parameter.normal_(0, 0.15)
    folder.mkdir(parents=True, exist_ok=True)
    save_file({k: v.contiguous() for k, v in model.state_dict().items()}, folder / "model.safetensors", {"format": "pt"})
    (folder / "config.json").write_text(json.dumps(json.loads(config.to_json_string(use_diff=False)) | {"architectures": ["BertForSequenceClassification"]}, indent=1))
    modules = adapt(model)
    for parameter in model.classifier.parameters():
        parameter.requires_grad_(True)
    trainable = {f"{n}.{p}": getattr(m, p) for n, m in modules.items() for p in ("lora_A", "lora_B")}
    trainable |= {f"head.classifier.{n}": p for n, p in model.classifier.named_parameters()}
    rows, length = 4, 7
    ids = torch.randint(1, 30, (rows, length))
    attention = torch.ones(rows, length, dtype=torch.long)
    attention[1, 5:] = 0
    labels = torch.tensor([0, 2, 1, 2])
    tensors = {"input_ids": ids, "attention_mask": attention, "labels": labels}
    tensors |= {f"trainable.{name}": value.detach().clone() for name, value in trainable.items()}
    for title, variant in VARIANTS.items():
        masked, sharing, scaling = (variant.get(k) for k in ("masked", "sharing", "scaling"))
        for name, module in modules.items():
            sizes = {"columns": module.linear.in_features, "rows": module.linear.out_features, "rank": RANK}
            parts = ("columns", "rows") if masked == "columns_and_rows" else (masked,)
            module.masks = {}
            for part in parts:
                shape = (rows, sizes[part]) if sharing == "row" else (sizes[part],)
                kept = (torch.rand(shape) >= RATE).float()
                tensors[f"{title}.{part}.{name}"] = kept
                factor = 1 / (1 - RATE) if scaling == "inverse" else 1.0
                module.masks[part] = (kept[:, None, :] if sharing == "row" else kept) * factor
        model.zero_grad()
        out = model(input_ids=ids, attention_mask=attention, labels=labels)
        out.loss.backward()
        tensors[f"{title}.logits"] = out.logits.detach().clone()
        tensors[f"{title}.loss"] = out.loss.detach().reshape(1)
        for name, value in trainable.items():
            tensors[f"{title}.gradient.{name}"] = value.grad.clone()
    as_float = {name: value.float().contiguous() for name, value in tensors.items()}
    save_file(as_float, folder / "vectors.safetensors", {"rank": str(RANK), "alpha": str(ALPHA), "rate": str(RATE), "torch": torch.__version__})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
