"""Adapters that PEFT trained a little and saved, with the logits that PEFT computes from them.

    python test/cli/peft-saved/make-peft-saved.py MODEL ROWS.jsonl test/cli/peft-saved

MODEL is what test/support/tiny-model.ts writes, ROWS.jsonl are rows of text and label. For LoRA and AdaLoRA a folder each, as
save_pretrained writes it, and logits.json beside them: those of each row, in eval mode. Made with PEFT 0.21.
"""

import json
import sys
from pathlib import Path

import torch
from peft import AdaLoraConfig, LoraConfig, get_peft_model
from transformers import BertForSequenceClassification, PreTrainedTokenizerFast

NAMES = ["bad", "good"]
LINEARS = ["query", "key", "value", "attention.output.dense", "intermediate.dense", "output.dense"]
SHAPE = {"task_type": "SEQ_CLS", "lora_alpha": 8, "target_modules": LINEARS}


def main(model_folder, rows_file, out):
    rows = [json.loads(line) for line in Path(rows_file).read_text(encoding="utf-8").splitlines()]
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=f"{model_folder}/tokenizer.json", pad_token="[PAD]")
    inputs = tokenizer([row["text"] for row in rows], padding=True, return_tensors="pt", return_token_type_ids=True)
    labels = torch.tensor([NAMES.index(row["label"]) for row in rows])
    logits = {}
    configs = {
        "lora": LoraConfig(r=4, **SHAPE),
        "adalora": AdaLoraConfig(init_r=4, target_r=4, tinit=1, tfinal=1, total_step=1000, **SHAPE),
    }
    for method, config in configs.items():
        torch.manual_seed(7)
        base = BertForSequenceClassification.from_pretrained(model_folder, num_labels=2)
        model = get_peft_model(base, config)
        optimiser = torch.optim.AdamW([each for each in model.parameters() if each.requires_grad], lr=2e-2)
        model.eval()
        for _ in range(20):
            torch.nn.functional.cross_entropy(model(**inputs).logits, labels).backward()
            optimiser.step()
            optimiser.zero_grad()
        with torch.no_grad():
            logits[method] = model(**inputs).logits.tolist()
        # Neither where it was made nor by whom is part of it.
        model.peft_config["default"].base_model_name_or_path = "tiny"
        model.save_pretrained(out / method)
        (out / method / "README.md").unlink(missing_ok=True)
    (out / "logits.json").write_text(json.dumps(logits) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
