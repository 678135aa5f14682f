"""An exported adapter of a language model, loaded with PEFT: its log-likelihood of each token against the exported predictions.

adapter_likelihoods.py BASE ADAPTER ROWS PREDICTIONS [MAX_LENGTH]

BASE is the model's folder, ADAPTER what `dropsweep export SWEEP --adapter TRIAL --out ADAPTER` wrote, ROWS the dev rows in
Alpaca's layout as JSON lines, PREDICTIONS what `dropsweep export SWEEP --predictions TRIAL --members --format jsonl` told.
Prints the greatest difference over all tokens, and how far both are from the base without the adapter, which shows that
the adapter does something. Exit status 1 where they differ by more than 1e-3.
"""

import json
import sys

import torch
from peft import PeftModel
from train_heads import Language, read
from transformers import AutoModelForCausalLM

TOLERANCE = 1e-3


def likelihoods(model, ids):
    with torch.no_grad():
        scores = model(input_ids=torch.tensor([ids])).logits[0].double().log_softmax(-1)
    return scores[:-1].gather(1, torch.tensor(ids[1:])[:, None])[:, 0]


def main(base, adapter, rows, predictions, length="256"):
    torch.set_num_threads(1)
    head = Language(base)
    head.length = int(length)
    encoded = [head.encode(row)[0]["ids"] for row in read(rows)]
    ours = [torch.tensor(row["members"][0], dtype=torch.float64) for row in read(predictions)]
    alone = AutoModelForCausalLM.from_pretrained(base).eval()
    without = [likelihoods(alone, ids) for ids in encoded]
    adapted = PeftModel.from_pretrained(alone, adapter).eval()
    theirs = [likelihoods(adapted, ids) for ids in encoded]
    assert len(ours) == len(theirs) and all(len(a) == len(b) + 1 for a, b in zip(ours, theirs)), "other tokens"
    apart = max(float((a[:-1] - b).abs().max()) for a, b in zip(ours, theirs))
    moved = max(float((a - b).abs().max()) for a, b in zip(without, theirs))
    tokens = sum(map(len, theirs))
    print(json.dumps({"rows": len(ours), "tokens": tokens, "greatest_difference": apart, "adapter_moves": moved}))
    return 0 if apart < TOLERANCE < moved else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
