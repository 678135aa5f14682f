"""PyTorch, transformers and PEFT on one small task for each head, with the settings of a sweep file that it writes beside.

train_heads.py prepare HEAD SOURCE FOLDER BASE   writes train and dev rows and sweep.yaml to FOLDER, where BASE is named
train_heads.py train HEAD FOLDER BASE [SEED ...]  trains on the same rows, and prints a line of JSON for each seed

HEAD is one of
  regression  SOURCE: GLUE's STS-B folder; the first 500 train and 500 dev rows; BASE: MiniLM-L6's folder
  spans       SOURCE: xquad.en.json; 160 of each 200 questions train, 40 are dev, of the first 400; BASE: the same
  language    SOURCE: rows in Alpaca's layout; the first 400 train, the last 100 dev; BASE: a decoder's folder
"""

import csv
import json
import math
import os
import sys

import torch
from peft import LoraConfig, get_peft_model
from torch.nn.functional import cross_entropy, mse_loss
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoModelForQuestionAnswering,
    AutoModelForSequenceClassification,
    PreTrainedTokenizerFast,
)

RANK, ALPHA, CLIP, WARMUP = 8, 16, 1.0, 0.06
ENCODER = ["query", "key", "value", "attention.output.dense", "intermediate.dense", "output.dense"]
DECODER = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
IGNORED = -100


def lines(path, rows):
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def read(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def padded(rows, fill):
    longest = max(map(len, rows))
    return torch.tensor([row + [fill] * (longest - len(row)) for row in rows])


class Head:
    batch, epochs, rate, length = 32, 3, 1e-3, 64
    targets, trained, dropouts = ENCODER, [], {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}

    def __init__(self, base):
        self.tokenizer = PreTrainedTokenizerFast(tokenizer_file=f"{base}/tokenizer.json")

    def inputs(self, encoded):
        ids = [row["ids"] for row in encoded]
        return {"input_ids": padded(ids, 0), "attention_mask": padded([[1] * len(row) for row in ids], 0)}


class Regression(Head):
    kind, objectives, trained = "text-regression", "[pearson, loss]", ["classifier"]
    data = "train: train.jsonl, dev: dev.jsonl, text: one, text_pair: other, label: score"

    @staticmethod
    def prepare(source):
        def of(split, count):
            with open(f"{source}/{split}.tsv", encoding="utf-8-sig") as file:
                rows = [row for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)][1:]
            return [{"one": row[7], "other": row[8], "score": float(row[9])} for row in rows if len(row) > 9][:count]

        return of("train", 500), of("dev", 500)

    def model(self, base):
        config = AutoConfig.from_pretrained(base, num_labels=1, **self.dropouts)
        return AutoModelForSequenceClassification.from_pretrained(base, config=config)

    def encode(self, row):
        found = self.tokenizer(row["one"], row["other"], truncation=True, max_length=self.length, return_token_type_ids=True)
        return [{"ids": found["input_ids"], "types": found["token_type_ids"], "label": row["score"]}]

    def inputs(self, encoded):
        return {**super().inputs(encoded), "token_type_ids": padded([row["types"] for row in encoded], 0)}

    def loss(self, output, encoded):
        return mse_loss(output.logits[:, 0], torch.tensor([row["label"] for row in encoded]))

    def score(self, outputs, encoded):
        found = torch.cat([output.logits[:, 0] for output in outputs]).double()
        labels = torch.tensor([row["label"] for row in encoded]).double()
        pearson = float(torch.corrcoef(torch.stack([found, labels]))[0, 1])
        squares = (found - labels) ** 2
        return {
            "pearson": pearson,
            "pearson_error": (1 - pearson**2) / math.sqrt(len(labels) - 1),
            "loss": float(squares.mean()),
            "loss_error": float(squares.std() / math.sqrt(len(labels))),
        }


class Spans(Head):
    kind, objectives, trained = "question-answering", "[loss, answer_f1]", ["qa_outputs"]
    data = "train: train.jsonl, dev: dev.jsonl"
    batch, epochs, length = 16, 4, 384

    @staticmethod
    def prepare(source):
        with open(source, encoding="utf-8") as file:
            document = json.load(file)
        rows = [
            {"id": qa["id"], "question": qa["question"], "context": paragraph["context"], "answers": qa["answers"]}
            for article in document["data"]
            for paragraph in article["paragraphs"]
            for qa in paragraph["qas"]
        ][:400]
        return [row for i, row in enumerate(rows) if i % 5], [row for i, row in enumerate(rows) if not i % 5]

    def model(self, base):
        config = AutoConfig.from_pretrained(base, **self.dropouts)
        return AutoModelForQuestionAnswering.from_pretrained(base, config=config)

    def encode(self, row):
        found = self.tokenizer(
            row["question"], row["context"], truncation="only_second", max_length=self.length, stride=128,
            return_overflowing_tokens=True, return_offsets_mapping=True, return_token_type_ids=True,
        )  # fmt: skip
        answer = row["answers"][0]
        first, last = answer["answer_start"], answer["answer_start"] + len(answer["text"])
        windows = []
        for window, ids in enumerate(found["input_ids"]):
            places = [
                (token, start, end)
                for token, (start, end) in enumerate(found["offset_mapping"][window])
                if found.sequence_ids(window)[token] == 1
            ]
            starts = [token for token, start, end in places if start <= first < end]
            ends = [token for token, start, end in places if start < last <= end]
            label = (starts[0], ends[-1]) if starts and ends else (0, 0)
            windows.append({"ids": ids, "types": found["token_type_ids"][window], "label": label})
        return windows

    inputs = Regression.inputs

    def loss(self, output, encoded):
        return self.losses(output, encoded).mean()

    def losses(self, output, encoded):
        start, end = torch.tensor([row["label"] for row in encoded]).T
        each = [cross_entropy(x, y, reduction="none") for x, y in [(output.start_logits, start), (output.end_logits, end)]]
        return sum(each) / 2

    def score(self, outputs, encoded):
        parts = [encoded[start : start + 32] for start in range(0, len(encoded), 32)]
        losses = torch.cat([self.losses(output, part) for output, part in zip(outputs, parts)])
        return {"loss": float(losses.mean()), "loss_error": float(losses.std() / math.sqrt(len(losses)))}


class Language(Head):
    kind, objectives, targets, dropouts = "language-modelling", "[loss, perplexity]", DECODER, {}
    data = "train: train.jsonl, dev: dev.jsonl"
    batch, epochs, length = 16, 2, 256
    preamble = "Below is an instruction that describes a task"
    request = "Write a response that appropriately completes the request."

    @staticmethod
    def prepare(source):
        with open(source, encoding="utf-8") as file:
            rows = [{name: row.get(name, "") for name in ["instruction", "input", "output"]} for row in json.load(file)]
        return rows[:400], rows[-100:]

    def model(self, base):
        return AutoModelForCausalLM.from_pretrained(base)

    def encode(self, row):
        more = ", paired with an input that provides further context" if row["input"] else ""
        given = f"\n\n### Input:\n{row['input']}" if row["input"] else ""
        prompt = f"{self.preamble}{more}. {self.request}\n\n### Instruction:\n{row['instruction']}{given}\n\n### Response:"
        found = self.tokenizer(prompt + row["output"], return_offsets_mapping=True)
        ids = found["input_ids"]
        label = [id if end > start and end > len(prompt) else IGNORED for id, (start, end) in zip(ids, found["offset_mapping"])]
        end = self.tokenizer.convert_tokens_to_ids("</s>")
        ids, label = [*ids, end], [*label, end]
        return [{"ids": ids[: self.length], "label": label[: self.length]}]

    def losses(self, output, encoded):
        labels = padded([row["label"] for row in encoded], IGNORED)[:, 1:]
        each = cross_entropy(output.logits[:, :-1].transpose(1, 2), labels, ignore_index=IGNORED, reduction="none")
        return each.sum(1), (labels != IGNORED).sum(1)

    def loss(self, output, encoded):
        sums, tokens = self.losses(output, encoded)
        return sums.sum() / tokens.sum()

    def score(self, outputs, encoded):
        parts = [encoded[start : start + 32] for start in range(0, len(encoded), 32)]
        sums, tokens = (torch.cat(each) for each in zip(*[self.losses(o, p) for o, p in zip(outputs, parts)]))
        mean = float(sums.sum() / tokens.sum())
        # A ratio of sums: by the rows' residuals.
        error = float(((sums - mean * tokens) ** 2).sum().sqrt() / tokens.sum())
        return {"loss": mean, "loss_error": error}


HEADS = {"regression": Regression, "spans": Spans, "language": Language}


def prepare(name, source, folder, base):
    head = HEADS[name]
    os.makedirs(folder, exist_ok=True)
    for split, rows in zip(["train", "dev"], head.prepare(source)):
        lines(f"{folder}/{split}.jsonl", rows)
    with open(f"{folder}/sweep.yaml", "w", encoding="utf-8") as file:
        file.write(
            f"name: heads-{name}\nbase: {base}\ntask: {{kind: {head.kind}, data: {{{head.data}}}}}\n"
            f"space: {{p: [0], seed: [0, 1, 2]}}\ntraining: {{rank: {RANK}, alpha: {ALPHA}, targets: [{', '.join(head.targets)}], "
            f"learning_rate: {head.rate}, weight_decay: 0, clip_norm: {CLIP}, batch_size: {head.batch}, epochs: {head.epochs}, "
            f"warmup_fraction: {WARMUP}, max_length: {head.length}}}\nobjectives: {head.objectives}\n"
        )


def train(name, folder, base, seed):
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    head = HEADS[name](base)
    rows, dev = ([window for row in read(f"{folder}/{split}.jsonl") for window in head.encode(row)] for split in ["train", "dev"])
    config = LoraConfig(r=RANK, lora_alpha=ALPHA, target_modules=head.targets, modules_to_save=head.trained or None)
    model = get_peft_model(head.model(base), config)
    steps = head.epochs * math.ceil(len(rows) / head.batch)
    optimiser = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=head.rate, weight_decay=0)
    warm = WARMUP * steps
    rate = lambda step: min((step + 1) / warm, (steps - step) / (steps - warm))  # noqa: E731
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, rate)
    model.train()
    for _ in range(head.epochs):
        order = torch.randperm(len(rows)).tolist()
        for start in range(0, len(rows), head.batch):
            batch = [rows[row] for row in order[start : start + head.batch]]
            head.loss(model(**head.inputs(batch)), batch).backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
            optimiser.step()
            optimiser.zero_grad()
            schedule.step()
    model.eval()
    with torch.no_grad():
        outputs = [model(**head.inputs(dev[start : start + 32])) for start in range(0, len(dev), 32)]
    print(json.dumps({"head": name, "seed": seed, **head.score(outputs, dev)}), flush=True)


if __name__ == "__main__":
    command, name, *rest = sys.argv[1:]
    if command == "prepare":
        prepare(name, *rest)
    else:
        folder, base, *seeds = rest
        for seed in map(int, seeds or [0, 1, 2]):
            train(name, folder, base, seed)
