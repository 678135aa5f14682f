"""Makes the vectors of element-wise dropout: PEFT's own LoRA over transformers' own models, whose dropout modules are
replaced by multiplications with drawn masks over 1 - rate. As make-vectors.py otherwise, and needs peft too.

    python make-dropout-vectors.py [FOLDER]

masks.safetensors holds, besides the rows and columns of LoRA Dropout, `<kind>.keep.<place>`: uint8 [instances, rows,
tokens, features], or [instances, rows, features] of a table that all samples share. A place is the adapted linear, or
transformers' dropout module; a linear's second call, on the table of positions, is `<linear>.positions`.
"""

import importlib
import json
import sys
from pathlib import Path

import peft
import torch
from safetensors.torch import save_file
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSequenceClassification

common = importlib.import_module("make-vectors")

RANK, ALPHA, DROPOUT, SPARSITY, INSTANCES, MEMBERS, STEPS = 2, 4, 0.25, 0.002, 2, 1, 3
ENCODER = dict(vocab_size=17, hidden_size=8, intermediate_size=10, num_hidden_layers=2, max_position_embeddings=9)
HEADS = dict(num_attention_heads=2, num_labels=3, pad_token_id=0)
ROWS, TOKENS = 3, 5

CASES = {
    "bert-lora-dropout-seqcls-lora": dict(
        rates=dict(lora_dropout=0.3),
        config=dict(model_type="bert", **ENCODER, **HEADS, type_vocab_size=2),
    ),
    "bert-hidden-dropout-seqcls-lora": dict(
        rates=dict(hidden_dropout=0.2),
        config=dict(model_type="bert", **ENCODER, **HEADS, type_vocab_size=2),
    ),
    # Keys are shared: the linears of queries and keys see the table of positions too, which is dropped from as well.
    "deberta-v2-dropout-seqcls-lora": dict(
        rates=dict(lora_dropout=0.3, hidden_dropout=0.2),
        config=dict(
            model_type="deberta-v2",
            **{**ENCODER, "num_hidden_layers": 1},
            **HEADS,
            relative_attention=True,
            pos_att_type=["c2p", "p2c"],
            share_att_key=True,
            position_buckets=3,
            norm_rel_ebd="layer_norm",
            position_biased_input=False,
            type_vocab_size=0,
        ),
    ),
    "gpt2-dropout-lm-lora": dict(
        rates=dict(lora_dropout=0.3, hidden_dropout=0.2),
        config=dict(
            model_type="gpt2",
            vocab_size=17,
            n_embd=8,
            n_head=2,
            n_layer=1,
            n_inner=10,
            n_positions=9,
            bos_token_id=1,
            eos_token_id=2,
        ),
    ),
    "distilbert-dropout-seqcls-lora": dict(
        rates=dict(lora_dropout=0.3, hidden_dropout=0.2),
        config=dict(
            model_type="distilbert",
            vocab_size=17,
            dim=8,
            hidden_dim=10,
            n_layers=1,
            n_heads=2,
            max_position_embeddings=9,
            pad_token_id=0,
            num_labels=3,
        ),
    ),
}

# Attention's and the head's dropout are no part of it.
HIDDEN = (
    "embeddings.dropout",
    "output.dropout",
    "ffn.dropout",
    "pos_dropout",
    "transformer.drop",
    "resid_dropout",
    "mlp.dropout",
)


class FixedDropout(torch.nn.Module):
    """Dropout by given masks, one for each shape that it is called with."""

    def __init__(self, rate):
        super().__init__()
        self.rate, self.shapes, self.masks = rate, [], None

    def forward(self, x):
        shape = tuple(x.shape)
        if shape not in self.shapes:
            self.shapes.append(shape)
        return x if self.masks is None else x * self.masks[shape] / (1 - self.rate)


def replace(model, name, rate):
    parent, _, child = name.rpartition(".")
    replaced = FixedDropout(rate)
    setattr(model.get_submodule(parent), child, replaced)
    return replaced


class Dropped:
    """PEFT's model with all that is drawn in the test's hands."""

    def __init__(self, model, rates):
        targets = [
            name
            for name, module in model.named_modules()
            if type(module).__name__ in ("Linear", "Conv1D") and any(at in name for at in common.LAYERS)
        ]
        config = peft.LoraConfig(
            r=RANK, lora_alpha=ALPHA, lora_dropout=rates.get("lora_dropout", 0.0), target_modules=targets
        )
        self.model = peft.get_peft_model(model, config)
        base = self.model.base_model.model
        self.linears = {name: base.get_submodule(name) for name in targets}
        self.vectors = {name: None for name in targets}
        for name, linear in self.linears.items():
            linear.lora_A["default"].register_forward_pre_hook(
                lambda _, x, name=name: (x[0] if self.vectors[name] is None else x[0] * self.vectors[name][0],)
            )
            linear.lora_B["default"].register_forward_hook(
                lambda _, x, y, name=name: y if self.vectors[name] is None else y * self.vectors[name][1]
            )
        self.places = {}
        if "lora_dropout" in rates:
            for name in targets:
                module = f"{name}.lora_dropout.default"
                self.places[name] = replace(base, module, rates["lora_dropout"])
        if "hidden_dropout" in rates:
            names = [name for name, module in base.named_modules() if isinstance(module, torch.nn.Dropout)]
            for name in names:
                if name.endswith(HIDDEN):
                    self.places[name] = replace(base, name, rates["hidden_dropout"])

    def run(self, inputs, masks):
        vectors, elements = masks or ({}, {})
        for name in self.linears:
            self.vectors[name] = vectors.get(name)
        for name, place in self.places.items():
            place.masks = elements.get(name)
        if inputs["labels"].ndim == 1:
            return self.model(**inputs)
        return self.model(**{**inputs, "attention_mask": common.float32_mask(inputs["attention_mask"])})

    def draw(self, kind, count):
        """What is stored, and for each instance both kinds of masks."""
        stored, drawn = {}, [({}, {}) for _ in range(count)]
        for name, linear in self.linears.items():
            for part, size in (("input", linear.lora_A["default"].in_features), ("output", linear.out_features)):
                kept = (torch.rand(count, size) >= DROPOUT).double()
                stored[f"{kind}.{name}.{part}"] = kept.float()
                for index in range(count):
                    drawn[index][0][name] = (*drawn[index][0].get(name, ()), kept[index])
        for name, place in self.places.items():
            for shape in place.shapes:
                kept = torch.rand(count, *shape) >= place.rate
                table = shape[0] == 1 or len(shape) == 2
                called = f"{name}.positions" if table and name in self.linears else name
                stored[f"{kind}.keep.{called}"] = kept.to(torch.uint8).reshape(count, *(shape[-2:] if table else shape))
                for index in range(count):
                    drawn[index][1].setdefault(name, {})[shape] = kept[index].double()
        return stored, drawn

    def penalty(self):
        norms = [
            ((ALPHA / RANK * linear.lora_B["default"].weight @ linear.lora_A["default"].weight) ** 2).sum()
            for linear in self.linears.values()
        ]
        return SPARSITY * (2 * DROPOUT - DROPOUT**2) * sum(norms)


def make_inputs(decoder, written):
    mask = torch.ones(ROWS, TOKENS, dtype=torch.int64)
    mask[1, 3:] = 0
    ids = torch.randint(3, 17, (ROWS, TOKENS)) * mask
    if decoder:
        labels = torch.where(mask == 1, ids, -100)
        labels[:, :1] = -100
        return dict(input_ids=ids, attention_mask=mask, labels=labels)
    types = {"token_type_ids": torch.randint(0, 2, (ROWS, TOKENS))} if written.get("type_vocab_size") == 2 else {}
    return dict(input_ids=ids, attention_mask=mask, labels=torch.randint(0, 3, (ROWS,)), **types)


def make_case(folder, name, rates, written):
    torch.manual_seed(sum(map(ord, name)))
    config = AutoConfig.for_model(**written)
    decoder = name.endswith("-lm-lora")
    family = AutoModelForCausalLM if decoder else AutoModelForSequenceClassification
    model = family.from_config(config, attn_implementation="eager")
    with torch.no_grad():
        for parameter in model.parameters():
            noise = 0.25 * torch.randn_like(parameter)
            parameter.copy_(1 + noise if parameter.ndim == 1 and (parameter == 1).all() else noise)
    folder.mkdir(parents=True, exist_ok=True)
    stored = {key: value.clone() for key, value in model.state_dict().items()}
    if decoder:
        del stored["lm_head.weight"]
    save_file(stored, folder / "model.safetensors", {"format": "pt"})
    labels = {} if decoder else {"id2label": {str(label): f"LABEL_{label}" for label in range(3)}}
    shown = {key: value for key, value in written.items() if key != "num_labels"}
    (folder / "config.json").write_text(json.dumps({**shown, **labels}, indent=1) + "\n")

    prefix = f"{model.base_model_prefix}."
    dropped = Dropped(model, rates)
    model.requires_grad_(False)
    trainable = {}
    for linear_name, linear in dropped.linears.items():
        for side in "AB":
            weight = getattr(linear, f"lora_{side}")["default"].weight
            with torch.no_grad():
                weight.copy_(0.5 * torch.randn_like(weight))
            trainable[f"base_model.model.{linear_name}.lora_{side}"] = weight
    if not decoder:
        trainable |= {f"head.{key}": value for key, value in model.named_parameters() if not key.startswith(prefix)}
    save_file({key: value.detach().clone() for key, value in trainable.items()}, folder / "trainable.safetensors")
    inputs = make_inputs(decoder, written)
    save_file(inputs, folder / "inputs.safetensors")
    # What is left of dropout in the model is off: attention's and the head's.
    dropped.model.double().eval()
    for parameter in trainable.values():
        parameter.requires_grad_(True)

    expected = {}

    def note(key, output):
        expected[f"{key}.logits.0"] = output.logits
        expected[f"{key}.loss"] = output.loss

    with torch.no_grad():
        note("eval.raw", dropped.run(inputs, None))
    train_stored, train_masks = dropped.draw("train", INSTANCES)
    member_stored, member_masks = dropped.draw("ensemble", MEMBERS)
    save_file({**train_stored, **member_stored}, folder / "masks.safetensors")
    with torch.no_grad():
        members = [dropped.run(inputs, masks) for masks in member_masks]
        for index, member in enumerate(members):
            note(f"ensemble.member.{index}", member)
        expected["ensemble.mean.logits.0"] = sum(member.logits for member in members) / MEMBERS

    optimizer = torch.optim.AdamW(list(trainable.values()), **common.OPTIMIZER)
    for step in range(STEPS):
        outputs = [dropped.run(inputs, masks) for masks in train_masks]
        data_loss = sum(output.loss for output in outputs) / INSTANCES
        penalty = dropped.penalty()
        optimizer.zero_grad()
        (data_loss + penalty).backward()
        if step == 0:
            for index, output in enumerate(outputs):
                note(f"train.instance.{index}", output)
            expected |= {"train.data_loss": data_loss, "train.sparsity_penalty": penalty}
            expected["train.loss"] = data_loss + penalty
            expected |= {f"grad.{key}": value.grad.clone() for key, value in trainable.items()}
        optimizer.step()
    expected |= {f"after{STEPS}.{key}": value for key, value in trainable.items()}
    save_file({k: v.detach().float().contiguous() for k, v in expected.items()}, folder / "expected.safetensors")
    case = dict(
        case=name.removesuffix("-lora"),
        adapter="lora",
        task="lm" if decoder else "cls",
        rank=RANK,
        alpha=ALPHA,
        dropout_rate=DROPOUT,
        **rates,
        sparsity=SPARSITY,
        train_instances=INSTANCES,
        ensemble_size=MEMBERS,
        optimizer=dict(
            name="adamw",
            learning_rate=common.OPTIMIZER["lr"],
            betas=common.OPTIMIZER["betas"],
            epsilon=common.OPTIMIZER["eps"],
            weight_decay=common.OPTIMIZER["weight_decay"],
            steps=STEPS,
        ),
        targets=list(dropped.linears),
    )
    (folder / "case.json").write_text(json.dumps(case, indent=1) + "\n")


if __name__ == "__main__":
    torch.set_num_threads(1)
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    for name, case in CASES.items():
        make_case(root / name, name, case["rates"], case["config"])
