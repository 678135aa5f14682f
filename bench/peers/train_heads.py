"""PyTorch, transformers and PEFT on one small task for each head, with the settings of a sweep file that it writes beside.

train_heads.py prepare HEAD SOURCE FOLDER BASE   writes train and dev rows and sweep.yaml to FOLDER, where BASE is named
train_heads.py train HEAD FOLDER BASE [SEED ...]  trains on the same rows, and prints a line of JSON for each seed
train_heads.py begin HEAD FOLDER BASE [SEED ...]  writes what `train` begins with as PEFT's adapter, to FOLDER/begin-SEED, and
                                                  sweep-SEED.yaml, whose only training begins with that
train_heads.py pair HEAD FOLDER BASE [SEED ...]   `train` by the batches of FOLDER/batches-SEED.json, which batches.ts writes:
                                                  then both programs draw nothing, and seeds are pairs

HEAD is one of
  regression  SOURCE: GLUE's STS-B folder; the first 1,500 train and 300 dev rows; BASE: MiniLM-L6's folder
  labels      SOURCE: SQuAD's dev-v1.1.json; what a question's answer is (a number, a name, long), 600 train, 300 dev; BASE: the same
  spans       SOURCE: xquad.en.json; the questions on contexts under 600 characters, each fifth dev; BASE: the same
  tags        SOURCE: the same file, as sentences whose names and numbers a rule has tagged; BASE: the same
  language    SOURCE: rows in Alpaca's layout; the first 400 train, the last 100 dev; BASE: a decoder's folder
  choices     SOURCE: SQuAD's dev-v1.1.json; whether a question asks for a number, 1,200 train, 400 dev; BASE: the same
"""

import csv
import json
import math
import os
import random
import re
import string
import sys
from collections import Counter

import torch
from peft import LoraConfig, get_peft_model
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, mse_loss
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoModelForQuestionAnswering,
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
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


def deviation(values):
    values = torch.tensor(values, dtype=torch.float64)
    return float(values.std() / math.sqrt(len(values)))


class Head:
    batch, epochs, rate, length = 32, 3, 1e-3, 64
    more, targets, trained, dropouts = "", ENCODER, [], {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}

    def __init__(self, base):
        self.tokenizer = PreTrainedTokenizerFast(tokenizer_file=f"{base}/tokenizer.json")

    def inputs(self, encoded):
        ids = [row["ids"] for row in encoded]
        return {"input_ids": padded(ids, 0), "attention_mask": padded([[1] * len(row) for row in ids], 0)}

    def keep(self, outputs, encoded, file):
        """Predictions, where somebody else's program scores them."""


class Pairs(Head):
    def inputs(self, encoded):
        return {**super().inputs(encoded), "token_type_ids": padded([row["types"] for row in encoded], 0)}


class Regression(Pairs):
    kind, objectives, trained = "text-regression", "[pearson, loss]", ["classifier"]
    batch, epochs, rate = 16, 4, 5e-4
    data = "train: train.jsonl, dev: dev.jsonl, text: one, text_pair: other, label: score"

    @staticmethod
    def prepare(source):
        def of(split, count):
            with open(f"{source}/{split}.tsv", encoding="utf-8-sig") as file:
                rows = [row for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)][1:]
            return [{"one": row[7], "other": row[8], "score": float(row[9])} for row in rows if len(row) > 9][:count]

        return of("train", 1500), of("dev", 300)

    def model(self, base):
        config = AutoConfig.from_pretrained(base, num_labels=1, **self.dropouts)
        return AutoModelForSequenceClassification.from_pretrained(base, config=config)

    def encode(self, row):
        found = self.tokenizer(row["one"], row["other"], truncation=True, max_length=self.length, return_token_type_ids=True)
        return [{"ids": found["input_ids"], "types": found["token_type_ids"], "label": row["score"]}]

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


class Labels(Pairs):
    """Any number of labels for each question: what its first answer is."""

    kind, objectives, trained = "multi-label-classification", "[loss, micro_f1]", ["classifier"]
    data, more = "train: train.jsonl, dev: dev.jsonl, text: question, label: labels", ", labels: [number, name, long]"
    names = ["number", "name", "long"]
    batch, epochs, rate, length = 8, 4, 5e-4, 64

    @staticmethod
    def prepare(source):
        with open(source, encoding="utf-8") as file:
            document = json.load(file)
        asked = [qa for article in document["data"] for paragraph in article["paragraphs"] for qa in paragraph["qas"]]
        rows = [{"question": qa["question"].strip(), "labels": Labels.of(qa["answers"][0]["text"])} for qa in asked[:9000:10]]
        return [row for i, row in enumerate(rows) if i % 3], [row for i, row in enumerate(rows) if not i % 3]

    @staticmethod
    def of(answer):
        held = [any(map(str.isdigit, answer)), answer[0].isupper(), len(answer.split()) > 3]
        return [name for name, holds in zip(Labels.names, held) if holds]

    def model(self, base):
        config = AutoConfig.from_pretrained(base, num_labels=len(self.names), **self.dropouts)
        return AutoModelForSequenceClassification.from_pretrained(base, config=config)

    def encode(self, row):
        found = self.tokenizer(row["question"], truncation=True, max_length=self.length, return_token_type_ids=True)
        label = [float(name in row["labels"]) for name in self.names]
        return [{"ids": found["input_ids"], "types": found["token_type_ids"], "label": label}]

    def loss(self, output, encoded):
        return self.losses(output, encoded).mean()

    def losses(self, output, encoded):
        labels = torch.tensor([row["label"] for row in encoded])
        return binary_cross_entropy_with_logits(output.logits, labels, reduction="none").mean(1)

    def score(self, outputs, encoded):
        parts = [encoded[start : start + 32] for start in range(0, len(encoded), 32)]
        losses = torch.cat([self.losses(output, part) for output, part in zip(outputs, parts)])
        found = torch.cat([output.logits > 0 for output in outputs]).double()
        labels = torch.tensor([row["label"] for row in encoded]).double()
        # Of each row twice what it has right, and all that it says or should: F1 is the ratio of their sums.
        right, all = 2 * (found * labels).sum(1), (found + labels).sum(1)
        f1 = float(right.sum() / all.sum())
        return {
            "loss": float(losses.mean()), "loss_error": deviation(losses.tolist()),
            "micro_f1": f1, "micro_f1_error": float(((right - f1 * all) ** 2).sum().sqrt() / all.sum()),
        }  # fmt: skip


class Spans(Pairs):
    kind, objectives, trained = "question-answering", "[loss, answer_f1]", ["qa_outputs"]
    data, more = "train: train.jsonl, dev: dev.jsonl", ", stride: 64"
    batch, epochs, rate, length, longest = 8, 4, 2e-3, 192, 30

    @staticmethod
    def prepare(source):
        with open(source, encoding="utf-8") as file:
            document = json.load(file)
        rows = [
            {"id": qa["id"], "question": qa["question"], "context": paragraph["context"], "answers": qa["answers"]}
            for article in document["data"]
            for paragraph in article["paragraphs"]
            if len(paragraph["context"]) < 600
            for qa in paragraph["qas"]
        ]
        return [row for i, row in enumerate(rows) if i % 5], [row for i, row in enumerate(rows) if not i % 5]

    def model(self, base):
        config = AutoConfig.from_pretrained(base, **self.dropouts)
        return AutoModelForQuestionAnswering.from_pretrained(base, config=config)

    def encode(self, row):
        found = self.tokenizer(
            row["question"], row["context"], truncation="only_second", max_length=self.length, stride=64,
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
            more = {"places": places, "row": row}
            windows.append({"ids": ids, "types": found["token_type_ids"][window], "label": label, **more})
        return windows

    def loss(self, output, encoded):
        return self.losses(output, encoded).mean()

    def losses(self, output, encoded):
        start, end = torch.tensor([row["label"] for row in encoded]).T
        each = [cross_entropy(x, y, reduction="none") for x, y in [(output.start_logits, start), (output.end_logits, end)]]
        return sum(each) / 2

    def score(self, outputs, encoded):
        parts = [encoded[start : start + 32] for start in range(0, len(encoded), 32)]
        losses = torch.cat([self.losses(output, part) for output, part in zip(outputs, parts)])
        best = self.best(outputs, encoded)
        found = [max(answer_f1(text, answer["text"]) for answer in answers) for _, text, answers in best.values()]
        return {
            "loss": float(losses.mean()), "loss_error": deviation(losses.tolist()),
            "answer_f1": sum(found) / len(found), "answer_f1_error": deviation(found),
        }  # fmt: skip

    def best(self, outputs, encoded):
        """Score, text and references of each question's answer, by its id."""
        best = {}
        for output, part in zip(outputs, (encoded[start : start + 32] for start in range(0, len(encoded), 32))):
            for index, window in enumerate(part):
                value, text = self.answer(output.start_logits[index], output.end_logits[index], window)
                id = window["row"]["id"]
                if id not in best or value > best[id][0]:
                    best[id] = (value, text, window["row"]["answers"])
        return best

    def keep(self, outputs, encoded, file):
        with open(file, "w", encoding="utf-8") as target:
            json.dump({id: text for id, (_, text, _) in self.best(outputs, encoded).items()}, target)

    def answer(self, starts, ends, window):
        """The likeliest span of the context, 30 tokens at most."""
        sums = [
            (float(starts[first] + ends[last]), window["row"]["context"][start:end])
            for i, (first, start, _) in enumerate(window["places"])
            for last, _, end in window["places"][i : i + self.longest]
        ]
        return max(sums)


def words_of(text):
    """As SQuAD's official scorer compares answers."""
    bare = "".join(letter for letter in text.lower() if letter not in string.punctuation)
    return re.sub(r"\b(a|an|the)\b", " ", bare).split()


def answer_f1(found, wanted):
    found, wanted = words_of(found), words_of(wanted)
    same = sum((Counter(found) & Counter(wanted)).values())
    return 2 * same / (len(found) + len(wanted)) if same else 0.0


class Tags(Head):
    kind, objectives, trained = "token-classification", "[entity_f1, loss]", ["classifier"]
    data = "train: train.jsonl, dev: dev.jsonl"
    batch, epochs, rate, length = 16, 3, 2e-3, 96
    names = ["O", "B-NAME", "B-NUMBER", "I-NAME", "I-NUMBER"]

    @staticmethod
    def prepare(source):
        with open(source, encoding="utf-8") as file:
            document = json.load(file)
        contexts = [paragraph["context"] for article in document["data"] for paragraph in article["paragraphs"]]
        sentences = [re.findall(r"\w+|[^\w\s]", sentence) for context in contexts for sentence in context.split(". ")]
        rows = [{"tokens": words, "tags": Tags.tags(words)} for words in sentences if 5 <= len(words) <= 40][:500]
        return [row for i, row in enumerate(rows) if i % 5], [row for i, row in enumerate(rows) if not i % 5]

    @staticmethod
    def tags(words):
        """Numbers have a digit; names begin with a capital, but not at a sentence's begin. An uncased base sees no capitals."""
        kinds = [
            "NUMBER" if any(map(str.isdigit, word)) else "NAME" if i and word[0].isupper() else None
            for i, word in enumerate(words)
        ]
        before = [None, *kinds]
        return [kind and f"{'I' if kind == last else 'B'}-{kind}" or "O" for kind, last in zip(kinds, before)]

    def model(self, base):
        config = AutoConfig.from_pretrained(base, num_labels=len(self.names), **self.dropouts)
        return AutoModelForTokenClassification.from_pretrained(base, config=config)

    def encode(self, row):
        found = self.tokenizer(" ".join(row["tokens"]), return_offsets_mapping=True, truncation=True, max_length=self.length)
        ends, position = [], 0
        for word in row["tokens"]:
            ends.append(position + len(word))
            position += len(word) + 1
        label, last = [], None
        for start, end in found["offset_mapping"]:
            word = next(i for i, limit in enumerate(ends) if end <= limit) if end > start else None
            label.append(IGNORED if word in (None, last) else self.names.index(row["tags"][word]))
            last = word
        return [{"ids": found["input_ids"], "label": label}]

    def losses(self, output, encoded):
        labels = padded([row["label"] for row in encoded], IGNORED)
        each = cross_entropy(output.logits.transpose(1, 2), labels, ignore_index=IGNORED, reduction="none")
        return each.sum(1), (labels != IGNORED).sum(1)

    def loss(self, output, encoded):
        sums, words = self.losses(output, encoded)
        return sums.sum() / words.sum()

    def score(self, outputs, encoded):
        from seqeval.metrics import f1_score

        labels = [[self.names[tag] for tag in row["label"] if tag != IGNORED] for row in encoded]
        logits = [each for output in outputs for each in output.logits]
        found = [
            [self.names[tag] for tag, label in zip(each.argmax(1).tolist(), row["label"]) if label != IGNORED]
            for each, row in zip(logits, encoded)
        ]
        draws = random.Random(0)
        again = [draws.choices(range(len(labels)), k=len(labels)) for _ in range(200)]
        resampled = [f1_score([labels[i] for i in some], [found[i] for i in some]) for some in again]
        middle = sum(resampled) / len(resampled)
        error = math.sqrt(sum((value - middle) ** 2 for value in resampled) / (len(resampled) - 1))
        return {**ratio_of(self, outputs, encoded), "entity_f1": f1_score(labels, found), "entity_f1_error": error}


def ratio_of(head, outputs, encoded):
    """The mean over tokens, and its error by the rows' residuals: a ratio of sums."""
    parts = [encoded[start : start + 32] for start in range(0, len(encoded), 32)]
    sums, tokens = (torch.cat(each) for each in zip(*[head.losses(o, p) for o, p in zip(outputs, parts)]))
    mean = float(sums.sum() / tokens.sum())
    return {"loss": mean, "loss_error": float(((sums - mean * tokens) ** 2).sum().sqrt() / tokens.sum())}


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

    def __init__(self, base):
        super().__init__(base)
        with open(f"{base}/tokenizer_config.json", encoding="utf-8") as file:
            self.end = json.load(file)["eos_token"]

    def model(self, base):
        return AutoModelForCausalLM.from_pretrained(base)

    def encode(self, row):
        more = ", paired with an input that provides further context" if row["input"] else ""
        given = f"\n\n### Input:\n{row['input']}" if row["input"] else ""
        prompt = f"{self.preamble}{more}. {self.request}\n\n### Instruction:\n{row['instruction']}{given}\n\n### Response:"
        found = self.tokenizer(prompt + row["output"], return_offsets_mapping=True)
        ids = found["input_ids"]
        label = [id if end > start and end > len(prompt) else IGNORED for id, (start, end) in zip(ids, found["offset_mapping"])]
        end = self.tokenizer.convert_tokens_to_ids(self.end)
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
        return ratio_of(self, outputs, encoded)


class Choices(Language):
    kind, objectives = "multiple-choice", "[loss, accuracy]"
    batch, epochs, rate, length = 16, 2, 1e-3, 192
    asked = "The following are multiple choice questions (with answers).\n\n"

    @staticmethod
    def prepare(source):
        """Whether a question asks for a number: its first answer has a digit. As many that do as that do not."""
        with open(source, encoding="utf-8") as file:
            document = json.load(file)
        groups = [[], []]
        for article in document["data"]:
            for paragraph in article["paragraphs"]:
                for qa in paragraph["qas"]:
                    answer = int(any(map(str.isdigit, qa["answers"][0]["text"])))
                    row = {"question": qa["question"].strip(), "choices": ["words", "a number"], "answer": answer}
                    if len(row["question"]) <= 100:
                        groups[answer].append(row)
        rows = [row for pair in zip(*groups) for row in pair][:1600]
        return [row for i, row in enumerate(rows) if i // 2 % 4], [row for i, row in enumerate(rows) if not i // 2 % 4]

    def encode(self, row):
        """Introduction, question and choices, up to where its letter is expected: as MMLU's own evaluation."""
        lines = "".join(f"\n{letter}. {choice}" for letter, choice in zip("AB", row["choices"]))
        ids = self.tokenizer(f"{self.asked}{row['question']}{lines}\nAnswer:")["input_ids"]
        # This base has the space before a letter as a token of its own: letters are those without it.
        ids.append(self.tokenizer.convert_tokens_to_ids("▁"))
        assert len(ids) <= self.length
        return [{"ids": ids, "letters": self.tokenizer.convert_tokens_to_ids(["A", "B"]), "label": row["answer"]}]

    def losses(self, output, encoded):
        logits = torch.stack([output.logits[i, len(row["ids"]) - 1, row["letters"]] for i, row in enumerate(encoded)])
        labels = torch.tensor([row["label"] for row in encoded])
        return cross_entropy(logits, labels, reduction="none"), (logits.argmax(1) == labels).double()

    def loss(self, output, encoded):
        return self.losses(output, encoded)[0].mean()

    def score(self, outputs, encoded):
        parts = [encoded[start : start + 32] for start in range(0, len(encoded), 32)]
        losses, right = (torch.cat(each) for each in zip(*[self.losses(o, p) for o, p in zip(outputs, parts)]))
        errors = {"loss_error": deviation(losses.tolist()), "accuracy_error": deviation(right.tolist())}
        return {"loss": float(losses.mean()), "accuracy": float(right.mean()), **errors}


HEADS = {"regression": Regression, "labels": Labels, "spans": Spans, "tags": Tags, "language": Language, "choices": Choices}


def prepare(name, source, folder, base):
    head = HEADS[name]
    os.makedirs(folder, exist_ok=True)
    for split, rows in zip(["train", "dev"], head.prepare(source)):
        lines(f"{folder}/{split}.jsonl", rows)
    with open(f"{folder}/sweep.yaml", "w", encoding="utf-8") as file:
        file.write(
            f"name: heads-{name}\nbase: {base}\ntask: {{kind: {head.kind}, data: {{{head.data}}}{head.more}}}\n"
            f"space: {{p: [0], seed: [0, 1, 2]}}\ntraining: {{rank: {RANK}, alpha: {ALPHA}, targets: [{', '.join(head.targets)}], "
            f"learning_rate: {head.rate}, weight_decay: 0, clip_norm: {CLIP}, batch_size: {head.batch}, epochs: {head.epochs}, "
            f"warmup_fraction: {WARMUP}, max_length: {head.length}}}\nobjectives: {head.objectives}\n"
        )


def begin(name, folder, base, seed):
    _, model = begun(name, base, seed)
    model.save_pretrained(f"{folder}/begin-{seed}")
    with open(f"{folder}/sweep.yaml", encoding="utf-8") as file:
        sweep = file.read().replace(f"name: heads-{name}", f"name: pair-{name}-{seed}\ninit_adapter: ./begin-{seed}")
    with open(f"{folder}/sweep-{seed}.yaml", "w", encoding="utf-8") as file:
        file.write(sweep.replace("seed: [0, 1, 2]", f"seed: [{seed}]"))


def begun(name, base, seed):
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    head = HEADS[name](base)
    config = LoraConfig(r=RANK, lora_alpha=ALPHA, target_modules=head.targets, modules_to_save=head.trained or None)
    return head, get_peft_model(head.model(base), config)


def given_batches(folder, seed, windows):
    """Batches of each epoch, whose inputs are named by their row's line in the file and their number in the row."""
    places = {(row, window): at for at, (row, window) in enumerate(windows)}
    with open(f"{folder}/batches-{seed}.json", encoding="utf-8") as file:
        return [[[places[tuple(each)] for each in batch] for batch in epoch] for epoch in json.load(file)]


def drawn_batches(head, count):
    for _ in range(head.epochs):
        order = torch.randperm(count).tolist()
        yield [order[start : start + head.batch] for start in range(0, count, head.batch)]


def train(name, folder, base, seed, paired=False):
    head, model = begun(name, base, seed)
    train_windows, dev_windows = ([head.encode(row) for row in read(f"{folder}/{split}.jsonl")] for split in ["train", "dev"])
    rows, dev = ([window for windows in each for window in windows] for each in [train_windows, dev_windows])
    windows = [(line, number) for line, some in enumerate(train_windows, 1) for number in range(len(some))]
    epochs = given_batches(folder, seed, windows) if paired else drawn_batches(head, len(rows))
    steps = head.epochs * math.ceil(len(rows) / head.batch)
    optimiser = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=head.rate, weight_decay=0)
    warm = WARMUP * steps
    rate = lambda step: min((step + 1) / warm, (steps - step) / (steps - warm))  # noqa: E731
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, rate)
    model.train()
    losses = []
    for batches in epochs:
        for numbers in batches:
            batch = [rows[number] for number in numbers]
            loss = head.loss(model(**head.inputs(batch)), batch)
            loss.backward()
            losses.append(loss.item())
            torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
            optimiser.step()
            optimiser.zero_grad()
            schedule.step()
    model.eval()
    with torch.no_grad():
        outputs = [model(**head.inputs(dev[start : start + 32])) for start in range(0, len(dev), 32)]
    head.keep(outputs, dev, f"{folder}/predictions-{'paired' if paired else 'drawn'}-{seed}.json")
    said = {"head": name, "seed": seed, "paired": paired, "train_loss": sum(losses[-50:]) / len(losses[-50:])}
    print(json.dumps({**said, **head.score(outputs, dev)}), flush=True)


if __name__ == "__main__":
    command, name, *rest = sys.argv[1:]
    if command == "prepare":
        prepare(name, *rest)
    else:
        folder, base, *seeds = rest
        for seed in map(int, seeds or [0, 1, 2]):
            if command == "begin":
                begin(name, folder, base, seed)
            else:
                train(name, folder, base, seed, paired=command == "pair")
