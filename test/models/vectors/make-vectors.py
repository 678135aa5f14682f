"""Makes the vectors in this folder: tiny random models, run by transformers in float64 on float32 weights.

    python make-vectors.py [FOLDER]

Needs torch, transformers 5 and safetensors. Each folder has the files and names of the reference vectors: config.json,
model.safetensors, case.json, inputs, trainable, masks and expected.safetensors. Rerunning gives the same numbers.
"""

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSequenceClassification

RANK, ALPHA, DROPOUT, SPARSITY, INSTANCES, MEMBERS, STEPS = 3, 6, 0.4, 0.002, 2, 2, 3
LAYERS = (".layer.", ".layers.", ".h.")
OPTIMIZER = dict(lr=0.02, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01)
SMALL = dict(vocab_size=31, hidden_size=16, intermediate_size=18, num_hidden_layers=2, max_position_embeddings=512)

ENCODER = dict(
    num_attention_heads=4, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, classifier_dropout=0.0, num_labels=3
)

CASES = {
    # Head size times heads is not the hidden size; biases everywhere that they can be; a tied output.
    "qwen3-lm-lora": dict(
        model_type="qwen3",
        **SMALL,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=6,
        attention_bias=True,
        tie_word_embeddings=True,
        rope_parameters={"rope_type": "default", "rope_theta": 500.0},
    ),
    # A window that all rows fit into, and linear scaling, both as releases before transformers 5 write them.
    "mistral-linear-lm-lora": dict(
        model_type="mistral",
        **SMALL,
        num_attention_heads=4,
        num_key_value_heads=1,
        sliding_window=9,
        rope_theta=1000.0,
        rope_scaling={"type": "linear", "factor": 2.5},
    ),
    # Of the four frequencies one is kept, one blended, and two are slowed down.
    "llama3-scaling-lm-lora": dict(
        model_type="llama",
        **SMALL,
        num_attention_heads=2,
        num_key_value_heads=2,
        attention_bias=True,
        mlp_bias=True,
        rope_theta=10000.0,
        rope_scaling={
            "rope_type": "llama3",
            "factor": 8.0,
            "low_freq_factor": 1.0,
            "high_freq_factor": 4.0,
            "original_max_position_embeddings": 64,
        },
    ),
    "gpt2-options-lm-lora": dict(
        model_type="gpt2",
        vocab_size=31,
        n_embd=16,
        n_head=2,
        n_layer=2,
        n_inner=18,
        n_positions=9,
        activation_function="gelu",
        scale_attn_by_inverse_layer_idx=True,
        tie_word_embeddings=False,
        bos_token_id=1,
        eos_token_id=2,
        resid_pdrop=0.0,
        embd_pdrop=0.0,
        attn_pdrop=0.0,
    ),
    # Classes from the last token that is no padding.
    "gpt2-seqcls-lora": dict(
        model_type="gpt2",
        vocab_size=31,
        n_embd=16,
        n_head=2,
        n_layer=2,
        n_positions=9,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=2,
        num_labels=3,
        resid_pdrop=0.0,
        embd_pdrop=0.0,
        attn_pdrop=0.0,
    ),
    "qwen2-seqcls-lora": dict(
        model_type="qwen2", **SMALL, num_attention_heads=4, num_key_value_heads=2, pad_token_id=0, num_labels=3
    ),
    # Positions from the ids; padding is token 1.
    "xlm-roberta-seqcls-lora": dict(
        model_type="xlm-roberta",
        **{**SMALL, "max_position_embeddings": 14},
        **ENCODER,
        type_vocab_size=1,
        pad_token_id=1,
    ),
    # Embeddings narrower than the layers.
    "electra-seqcls-lora": dict(
        model_type="electra",
        **{**SMALL, "max_position_embeddings": 12},
        **ENCODER,
        embedding_size=10,
        type_vocab_size=2,
        pad_token_id=0,
    ),
    # Linears of their own for positions, positions and types in the embeddings, every distance its own row.
    "deberta-v2-options-seqcls-lora": dict(
        model_type="deberta-v2",
        **{**SMALL, "max_position_embeddings": 12},
        **ENCODER,
        relative_attention=True,
        pos_att_type=["c2p", "p2c"],
        share_att_key=False,
        norm_rel_ebd="none",
        position_biased_input=True,
        type_vocab_size=2,
        pooler_hidden_act="tanh",
        pooler_dropout=0.0,
    ),
    # One kind of position term, few buckets, so that distances fall on logarithmic ones.
    "deberta-v2-buckets-seqcls-lora": dict(
        model_type="deberta-v2",
        **{**SMALL, "max_position_embeddings": 12},
        **ENCODER,
        relative_attention=True,
        pos_att_type=["c2p"],
        share_att_key=True,
        position_buckets=4,
        norm_rel_ebd="layer_norm",
        position_biased_input=False,
        type_vocab_size=0,
        pooler_dropout=0.0,
    ),
}


class Adapted(torch.nn.Module):
    """A frozen linear (or Conv1D) with masked LoRA."""

    def __init__(self, base, inputs, outputs):
        super().__init__()
        self.base = base
        self.lora_A = torch.nn.Parameter(torch.randn(RANK, inputs) / inputs**0.5)
        self.lora_B = torch.nn.Parameter(0.3 * torch.randn(outputs, RANK))
        self.masks = None

    def forward(self, x):
        y = self.base(x)
        before, after = (1.0, 1.0) if self.masks is None else self.masks
        return y + ALPHA / RANK * after * ((before * x) @ self.lora_A.T @ self.lora_B.T)


def adapt(model):
    found = {}
    for name, module in list(model.named_modules()):
        is_linear = type(module).__name__ in ("Linear", "Conv1D") and any(at in name for at in LAYERS)
        if not is_linear:
            continue
        rows, columns = module.weight.shape
        inputs, outputs = (rows, columns) if type(module).__name__ == "Conv1D" else (columns, rows)
        parent, _, child = name.rpartition(".")
        found[name] = Adapted(module, inputs, outputs)
        setattr(model.get_submodule(parent), child, found[name])
    return found


def make_encoder_inputs(written):
    """Rows of several lengths, padded on the right."""
    rows, tokens = 4, 9
    mask = torch.ones(rows, tokens, dtype=torch.int64)
    mask[1, 4:] = 0
    mask[2, 7:] = 0
    pad = written.get("pad_token_id", 0)
    ids = torch.where(mask == 1, torch.randint(3, 31, (rows, tokens)), pad)
    types = {"token_type_ids": torch.randint(0, 2, (rows, tokens))} if written.get("type_vocab_size") == 2 else {}
    return dict(input_ids=ids, attention_mask=mask, labels=torch.randint(0, 3, (rows,)), **types)


def make_inputs():
    """The last row is padded on the left, the one before it on the right; labels leave out padding and two tokens."""
    rows, tokens = 4, 9
    ids = torch.randint(3, 31, (rows, tokens))
    mask = torch.ones(rows, tokens, dtype=torch.int64)
    mask[1, 4:] = 0
    mask[2, 7:] = 0
    mask[3, :3] = 0
    labels = torch.where(mask == 1, ids, -100)
    labels[:, :2] = -100
    labels[0, 6] = -100
    labels[3, 3] = -100
    return dict(input_ids=ids * mask, attention_mask=mask, labels=labels)


def run(model, modules, inputs, masks):
    for name, module in modules.items():
        module.masks = None if masks is None else masks[name]
    if inputs["labels"].ndim == 1:
        return model(**inputs)
    return model(**{**inputs, "attention_mask": float32_mask(inputs["attention_mask"])})


def float32_mask(kept):
    """What transformers adds to the scores in float32, also where a padded token attends to nothing: float64's least
    number would overflow in the softmax, which some families compute in float32."""
    tokens = kept.shape[1]
    allowed = torch.ones(tokens, tokens).tril().bool() & kept.bool()[:, None, None, :]
    return torch.where(allowed, 0.0, torch.finfo(torch.float32).min).double()


def draw_masks(modules, kind, count):
    stored, drawn = {}, [{} for _ in range(count)]
    for name, module in modules.items():
        for part, size in (("input", module.lora_A.shape[1]), ("output", module.lora_B.shape[0])):
            kept = (torch.rand(count, size) >= DROPOUT).double()
            stored[f"{kind}.{name}.{part}"] = kept.float()
            for index in range(count):
                drawn[index][name] = (*drawn[index].get(name, ()), kept[index])
    return stored, drawn


def sparsity_penalty(modules):
    norms = [((ALPHA / RANK * m.lora_B @ m.lora_A) ** 2).sum() for m in modules.values()]
    return SPARSITY * (2 * DROPOUT - DROPOUT**2) * sum(norms)


def make_case(folder, name, written):
    torch.manual_seed(sum(map(ord, name)))
    config = AutoConfig.for_model(**written)
    decoder = name.endswith("-lm-lora")
    family = AutoModelForCausalLM if decoder else AutoModelForSequenceClassification
    model = family.from_config(config, attn_implementation="eager").eval()
    with torch.no_grad():
        for parameter in model.parameters():
            noise = 0.25 * torch.randn_like(parameter)
            parameter.copy_(1 + noise if parameter.ndim == 1 and (parameter == 1).all() else noise)
    folder.mkdir(parents=True, exist_ok=True)
    stored = {key: value.clone() for key, value in model.state_dict().items()}
    if decoder and config.tie_word_embeddings:
        del stored["lm_head.weight"]
    save_file(stored, folder / "model.safetensors", {"format": "pt"})
    labels = {} if decoder else {"id2label": {str(label): f"LABEL_{label}" for label in range(3)}}
    shown = {key: value for key, value in written.items() if key != "num_labels"}
    (folder / "config.json").write_text(json.dumps({**shown, **labels}, indent=1) + "\n")

    modules = adapt(model)
    model.requires_grad_(False)
    trainable = {
        f"base_model.model.{name}.lora_{side}": getattr(module, f"lora_{side}")
        for name, module in modules.items()
        for side in "AB"
    }
    base = f"{model.base_model_prefix}."
    if not decoder:
        trainable |= {f"head.{key}": value for key, value in model.named_parameters() if not key.startswith(base)}
    save_file({key: value.detach().clone() for key, value in trainable.items()}, folder / "trainable.safetensors")
    inputs = make_inputs() if decoder else make_encoder_inputs(written)
    save_file(inputs, folder / "inputs.safetensors")
    model.double()
    for parameter in trainable.values():
        parameter.requires_grad_(True)
    train_stored, train_masks = draw_masks(modules, "train", INSTANCES)
    member_stored, member_masks = draw_masks(modules, "ensemble", MEMBERS)
    save_file({**train_stored, **member_stored}, folder / "masks.safetensors")

    expected = {}

    def note(key, output):
        expected[f"{key}.logits.0"] = output.logits
        expected[f"{key}.loss"] = output.loss

    with torch.no_grad():
        note("eval.raw", run(model, modules, inputs, None))
        members = [run(model, modules, inputs, masks) for masks in member_masks]
        for index, member in enumerate(members):
            note(f"ensemble.member.{index}", member)
        expected["ensemble.mean.logits.0"] = sum(member.logits for member in members) / MEMBERS

    optimizer = torch.optim.AdamW(list(trainable.values()), **OPTIMIZER)
    for step in range(STEPS):
        outputs = [run(model, modules, inputs, masks) for masks in train_masks]
        data_loss = sum(output.loss for output in outputs) / INSTANCES
        penalty = sparsity_penalty(modules)
        optimizer.zero_grad()
        (data_loss + penalty).backward()
        if step == 0:
            for index, output in enumerate(outputs):
                note(f"train.instance.{index}", output)
            expected |= {"train.data_loss": data_loss, "train.sparsity_penalty": penalty}
            expected["train.loss"] = data_loss + penalty
            expected |= {f"grad.{key}": value.grad.clone() for key, value in trainable.items()}
        else:
            expected[f"train.step{step}.loss"] = data_loss + penalty
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
        sparsity=SPARSITY,
        train_instances=INSTANCES,
        ensemble_size=MEMBERS,
        optimizer=dict(
            name="adamw",
            learning_rate=OPTIMIZER["lr"],
            betas=OPTIMIZER["betas"],
            epsilon=OPTIMIZER["eps"],
            weight_decay=OPTIMIZER["weight_decay"],
            steps=STEPS,
        ),
        targets=list(modules),
    )
    (folder / "case.json").write_text(json.dumps(case, indent=1) + "\n")


if __name__ == "__main__":
    torch.set_num_threads(1)
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    for name, written in CASES.items():
        make_case(root / name, name, written)
