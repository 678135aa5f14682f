"""One training step of PEFT for each line on stdin; prints its wall milliseconds and the peak memory in MiB.

peft_step.py MODEL_FOLDER ROWS TOKENS THREADS VARIANT, where VARIANT is one of
  fp32     float32, no dropout
  users    float32, hidden, attention and LoRA dropout 0.1, as PEFT's examples run it
  bf16     bfloat16 autocast, no dropout
peft_step.py --bert-base MODEL_FOLDER writes a 12-layer BERT-base shape with random weights.
"""

import contextlib
import resource
import sys
import time

import torch
from peft import LoraConfig, get_peft_model
from transformers import BertConfig, BertForSequenceClassification

TARGETS = ["query", "key", "value", "attention.output.dense", "intermediate.dense", "output.dense"]


def write_bert_base(folder: str) -> None:
    torch.manual_seed(0)
    BertForSequenceClassification(BertConfig(num_labels=2)).save_pretrained(folder)


def main(folder: str, rows: int, tokens: int, threads: int, variant: str) -> None:
    torch.manual_seed(0)
    torch.set_num_threads(threads)
    dropout = 0.1 if variant == "users" else 0.0
    model = BertForSequenceClassification.from_pretrained(
        folder, num_labels=2, hidden_dropout_prob=dropout, attention_probs_dropout_prob=dropout
    )
    config = LoraConfig(task_type="SEQ_CLS", r=8, lora_alpha=16, lora_dropout=dropout, target_modules=TARGETS)
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


if sys.argv[1] == "--bert-base":
    write_bert_base(sys.argv[2])
else:
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5])
