"""One training step of PEFT for each line on stdin; prints its wall milliseconds and the peak memory in MiB.

peft_step.py MODEL_FOLDER ROWS TOKENS THREADS VARIANT, where VARIANT is one of
  fp32     float32, no dropout
  users    float32, hidden, attention and LoRA dropout 0.1, as PEFT's examples run it
  bf16     bfloat16 autocast, no dropout
peft_step.py --shape NAME MODEL_FOLDER writes a model of a published shape with random weights.
"""

import contextlib
import resource
import sys
import time

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoConfig, AutoModelForSequenceClassification

# As the hub's config.json has them; what is not named is transformers' default.
SHAPES = {
    "bert-base": {"model_type": "bert"},
    "roberta-base": {
        "model_type": "roberta",
        "layer_norm_eps": 1e-5,
        "max_position_embeddings": 514,
        "type_vocab_size": 1,
        "vocab_size": 50265,
    },
    "deberta-v3-base": {
        "model_type": "deberta-v2",
        "hidden_size": 768,
        "intermediate_size": 3072,
        "num_attention_heads": 12,
        "num_hidden_layers": 12,
        "norm_rel_ebd": "layer_norm",
        "pos_att_type": ["p2c", "c2p"],
        "position_biased_input": False,
        "position_buckets": 256,
        "relative_attention": True,
        "share_att_key": True,
        "type_vocab_size": 0,
        "vocab_size": 128100,
    },
    "gpt2": {"model_type": "gpt2", "pad_token_id": 50256},
}

# Every linear of a layer.
TARGETS = {
    "bert": ["query", "key", "value", "attention.output.dense", "intermediate.dense", "output.dense"],
    "deberta-v2": ["query_proj", "key_proj", "value_proj", "attention.output.dense", "intermediate.dense", "output.dense"],
    "gpt2": ["c_attn", "c_proj", "c_fc"],
}
TARGETS["roberta"] = TARGETS["bert"]

DROPOUTS = {"gpt2": ["resid_pdrop", "attn_pdrop", "embd_pdrop"]}
ENCODER_DROPOUTS = ["hidden_dropout_prob", "attention_probs_dropout_prob"]


def write_shape(name: str, folder: str) -> None:
    torch.manual_seed(0)
    config = AutoConfig.for_model(**SHAPES[name], num_labels=2)
    AutoModelForSequenceClassification.from_config(config).save_pretrained(folder)


def main(folder: str, rows: int, tokens: int, threads: int, variant: str) -> None:
    torch.manual_seed(0)
    torch.set_num_threads(threads)
    dropout = 0.1 if variant == "users" else 0.0
    kind = AutoConfig.from_pretrained(folder).model_type
    dropouts = {name: dropout for name in DROPOUTS.get(kind, ENCODER_DROPOUTS)}
    model = AutoModelForSequenceClassification.from_pretrained(folder, num_labels=2, **dropouts)
    config = LoraConfig(
        task_type="SEQ_CLS",
        r=8,
        lora_alpha=16,
        lora_dropout=dropout,
        target_modules=TARGETS[kind],
        fan_in_fan_out=kind == "gpt2",
    )
    model = get_peft_model(model, config)
    model.train()
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=5e-4, weight_decay=0.01)
    batch = {
        "input_ids": torch.randint(0, 20_000, (rows, tokens)),
        "attention_mask": torch.ones(rows, tokens, dtype=torch.long),
        "labels": torch.randint(0, 2, (rows,)),
    }
    precision = (
        (lambda: torch.autocast("cpu", dtype=torch.bfloat16)) if variant == "bf16" else contextlib.nullcontext
    )
    print("ready", flush=True)
    for _ in sys.stdin:
        begun = time.perf_counter()
        optimizer.zero_grad()
        with precision():
            loss = model(**batch).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        wall = (time.perf_counter() - begun) * 1e3
        print(wall, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, flush=True)


if sys.argv[1] == "--shape":
    write_shape(sys.argv[2], sys.argv[3])
else:
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5])
