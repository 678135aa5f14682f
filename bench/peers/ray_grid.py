"""A grid over p, N, M and seeds of LoRA Dropout on one of GLUE's tasks, by Ray Tune, PyTorch and PEFT.

    python bench/peers/ray_grid.py SETTINGS.json

SETTINGS has model (a folder), data (a folder with train.tsv and dev.tsv as rows of JSON lines: see bench/grid.ts), rows,
gap_rows, epochs, members (the values of M) and cpus. It prints `ready` once Ray is up, and answers each line of JSON on
standard input, {"p": [...], "N": [...], "seed": [...]}, with {"seconds": ..., "cpu_seconds": ..., "trials": [...]}.

A trial is one training: members are nested (the first of eight are the four of M = 4), so that M costs no training
and no pass of its own. At p = 0 it has the instances and members that the grid says, though all of them are equal; with
merged in the settings it has one of each.
"""

import json
import os
import random
import sys
import time

os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
os.environ.setdefault("TUNE_DISABLE_AUTO_CALLBACK_LOGGERS", "1")

RANK, ALPHA, BATCH, LEARNING_RATE, WARMUP = 8, 16, 32, 5e-4, 0.06
TARGETS = ["query", "key", "value", "attention.output.dense", "intermediate.dense", "output.dense"]


def train(config: dict) -> None:
    import resource

    import torch
    from peft import LoraConfig, get_peft_model
    from ray import tune
    from torch.nn.functional import cross_entropy
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    torch.set_num_threads(1)
    torch.manual_seed(config["seed"])
    shuffled = random.Random(config["seed"])
    settings = config["settings"]
    rate = config["p"]
    idle = rate == 0 and settings["merged"]
    instances = 1 if idle else config["N"]
    members = 1 if idle else max(settings["members"])
    tokenizer = AutoTokenizer.from_pretrained(settings["model"])
    model = AutoModelForSequenceClassification.from_pretrained(settings["model"], num_labels=2)
    model = get_peft_model(
        model, LoraConfig(task_type="SEQ_CLS", r=RANK, lora_alpha=ALPHA, lora_dropout=0.0, target_modules=TARGETS)
    )
    factors = [masked(module, name) for module in model.modules() for name in ("lora_A", "lora_B") if hasattr(module, name)]
    model.eval()  # The base's own dropout is off, as in LoRA Dropout.

    def encode(rows: list) -> list:
        given = tokenizer([row["text"] for row in rows], [row["text_pair"] for row in rows], truncation=True, max_length=128)
        return [
            {name: given[name][index] for name in given} | {"label": row["label"]} for index, row in enumerate(rows)
        ]

    def batch_of(rows: list) -> tuple:
        labels = torch.tensor([row["label"] for row in rows])
        inputs = [{name: value for name, value in row.items() if name != "label"} for row in rows]
        return tokenizer.pad(inputs, return_tensors="pt"), labels

    def draw(generator: "torch.Generator") -> None:
        for factor in factors:
            factor.draw(rate, generator)

    train_rows, dev_rows = encode(settings["train"]), encode(settings["dev"])
    steps = settings["epochs"] * -(-len(train_rows) // BATCH)
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=LEARNING_RATE, weight_decay=0.01)
    warmup = max(1, round(WARMUP * steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / warmup, max(0.0, (steps - step) / max(1, steps - warmup)))
    )
    masks = torch.Generator().manual_seed(config["seed"])
    for _ in range(settings["epochs"]):
        shuffled.shuffle(train_rows)
        # Groups of about one length, as transformers' group_by_length does it.
        windows = [sorted(train_rows[at : at + 4 * BATCH], key=lambda row: len(row["input_ids"])) for at in range(0, len(train_rows), 4 * BATCH)]
        batches = [window[at : at + BATCH] for window in windows for at in range(0, len(window), BATCH)]
        shuffled.shuffle(batches)
        for rows in batches:
            inputs, labels = batch_of(rows)
            optimizer.zero_grad()
            for _ in range(instances):
                draw(masks)
                (cross_entropy(model(**inputs).logits, labels) / instances).backward()
            torch.nn.utils.clip_grad_norm_(trained, 1.0)
            optimizer.step()
            schedule.step()

    def member_logits(rows: list) -> list:
        ordered = sorted(rows, key=lambda row: len(row["input_ids"]))
        result = []
        generator = torch.Generator().manual_seed(config["seed"] + 1)
        with torch.inference_mode():
            for _ in range(members):
                draw(generator)
                logits = [model(**batch_of(ordered[at : at + BATCH])[0]).logits for at in range(0, len(ordered), BATCH)]
                result.append(torch.cat(logits))
        labels = torch.tensor([row["label"] for row in ordered])
        return [result, labels]

    scores = {}
    for split, rows in (("dev", dev_rows), ("train", train_rows[: settings["gap_rows"]])):
        given, labels = member_logits(rows)
        for size in settings["members"]:
            logits = torch.stack(given[: min(size, members)]).mean(0)
            scores[f"{split}_loss_{size}"] = cross_entropy(logits, labels).item()
            scores[f"{split}_accuracy_{size}"] = (logits.argmax(1) == labels).float().mean().item()
    usage = resource.getrusage(resource.RUSAGE_SELF)
    tune.report({**scores, "cpu_seconds": usage.ru_utime + usage.ru_stime})


def masked(module, name: str):
    """PEFT's A or B with the row or column mask of LoRA Dropout on its weight."""
    import torch

    class Masked(torch.nn.Linear):
        def draw(self, rate: float, generator: "torch.Generator") -> None:
            size = (1, self.in_features) if name == "lora_A" else (self.out_features, 1)
            self.mask = torch.bernoulli(torch.full(size, 1.0 - rate), generator=generator)

        def forward(self, x: "torch.Tensor") -> "torch.Tensor":
            return torch.nn.functional.linear(x, self.weight * self.mask)

    factor = getattr(module, name)["default"]
    factor.__class__ = Masked
    return factor


def main(settings: dict) -> None:
    import ray
    from ray import tune

    ray.init(num_cpus=settings["cpus"], include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    # The rows are shared as Ray's users share data: put once, not pickled into each trial.
    shared = ray.put({name: value for name, value in settings.items() if name != "cpus"})

    def trainable(config: dict) -> None:
        train({**config, "settings": ray.get(shared)})

    print("ready", flush=True)
    for line in sys.stdin:
        wanted = json.loads(line)
        begun = time.perf_counter()
        space = {name: tune.grid_search(wanted[name]) for name in ("p", "N", "seed")}
        tuner = tune.Tuner(
            tune.with_resources(trainable, {"cpu": 1}),
            param_space=space,
            tune_config=tune.TuneConfig(metric="dev_loss_1", mode="min", reuse_actors=True),
            run_config=tune.RunConfig(verbose=0, storage_path=settings["storage"]),
        )
        results = tuner.fit()
        seconds = time.perf_counter() - begun
        if results.errors:
            raise results.errors[0]
        trials = [{"config": result.config, "metrics": {key: result.metrics[key] for key in result.metrics if "_loss_" in key or "_accuracy_" in key}} for result in results]
        cpu = [result.metrics["cpu_seconds"] for result in results]
        print(json.dumps({"seconds": seconds, "cpu_seconds": cpu, "trials": trials}), flush=True)


if __name__ == "__main__":
    with open(sys.argv[1]) as file:
        main(json.load(file))
