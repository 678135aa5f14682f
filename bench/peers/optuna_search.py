"""Optuna's TPE on test functions: one JSON object on the standard output. See search.ts."""

import json
import math
import pathlib
import sys
import time

import optuna

optuna.logging.set_verbosity(optuna.logging.ERROR)


def branin(trial):
    x = trial.suggest_float("x", -5, 10)
    y = trial.suggest_float("y", 0, 15)
    b, c = 5.1 / (4 * math.pi**2), 5 / math.pi
    return (y - b * x**2 + c * x - 6) ** 2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10 - 0.39788735772973816


A = [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]]
P = [
    [1312, 1696, 5569, 124, 8283, 5886],
    [2329, 4135, 8307, 3736, 1004, 9991],
    [2348, 1451, 3522, 2883, 3047, 6650],
    [4047, 8828, 8732, 5743, 1091, 381],
]
ALPHA = [1, 1.2, 3, 3.2]


def hartmann6(trial):
    x = [trial.suggest_float(f"x{i}", 0, 1) for i in range(6)]
    total = 0.0
    for alpha, a, p in zip(ALPHA, A, P):
        total -= alpha * math.exp(-sum(a[j] * (x[j] - p[j] / 10_000) ** 2 for j in range(6)))
    return total + 3.322368011391339


def conditional(trial):
    kind = trial.suggest_categorical("kind", ["near", "far"])
    if kind == "near":
        return abs(trial.suggest_float("near", 0, 1) - 0.3) + 0.1
    return 2 * abs(math.log10(trial.suggest_float("far", 1e-4, 1, log=True) / 1e-2)) / 4


def zdt(trial, second):
    x = [trial.suggest_float(f"x{i}", 0, 1) for i in range(6)]
    g = 1 + 9 * sum(x[1:]) / 5
    return x[0], g * second(x[0] / g)


def zdt1(trial):
    return zdt(trial, lambda ratio: 1 - math.sqrt(ratio))


def zdt2(trial):
    return zdt(trial, lambda ratio: 1 - ratio**2)


def recorded(trial, ordered=False):
    table = json.loads((pathlib.Path(__file__).parent / "recorded-table.json").read_text())
    axes = table["axes"]
    losses = {tuple(row[: len(axes)]): row[len(axes)] for row in table["rows"]}
    finite = [loss for loss in losses.values() if loss is not None]
    if ordered:
        place = [trial.suggest_int(name, 0, len(values) - 1) for name, values in axes.items()]
    else:
        place = [values.index(trial.suggest_categorical(name, values)) for name, values in axes.items()]
    merged = [0 if name == "train_instances" else index for name, index in zip(axes, place)]
    loss = losses.get(tuple(place), losses.get(tuple(merged)))
    return (max(finite) if loss is None else loss) - min(finite)


def recorded_order(trial):
    return recorded(trial, ordered=True)


def make_sampler(kind, seed):
    if kind == "nsga2":
        return optuna.samplers.NSGAIISampler(population_size=20, seed=seed)
    return optuna.samplers.TPESampler(
        multivariate=True, group=True, constant_liar=True, n_startup_trials=10, seed=seed, warn_independent_sampling=False
    )


# Of several objectives what was found is given, of one the best.
functions = {"recorded": recorded, "recorded-order": recorded_order, "branin": branin, "hartmann6": hartmann6, "conditional": conditional, "zdt1": zdt1, "zdt2": zdt2}
name, trials, seeds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
kind = sys.argv[4] if len(sys.argv) > 4 else "tpe"
several = name.startswith("zdt")
best, fronts, last_ms = [], [], []
for seed in range(seeds):
    directions = ["minimize", "minimize"] if several else ["minimize"]
    study = optuna.create_study(sampler=make_sampler(kind, seed), directions=directions)
    for number in range(trials):
        began = time.perf_counter()
        trial = study.ask()
        value = functions[name](trial)
        if number >= trials - 10:
            last_ms.append(1000 * (time.perf_counter() - began))
        study.tell(trial, value)
    if several:
        fronts.append([trial.values for trial in study.best_trials])
    else:
        best.append(study.best_value)
ms = sum(last_ms) / len(last_ms)
print(json.dumps({"best": best, "fronts": fronts, "ms": ms, "version": optuna.__version__}))
