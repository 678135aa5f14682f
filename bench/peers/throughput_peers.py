"""Trials whose objective computes nothing, by Optuna on PostgreSQL or by Ray Tune with reused actors.

    python bench/peers/throughput_peers.py optuna SETTINGS.json
    python bench/peers/throughput_peers.py ray SETTINGS.json

SETTINGS has trials, workers (how many run at once), search (random, tpe or asha), seed, and for Optuna url: a database that
is empty. It prints `ready` once what runs trials is up, runs them on a line of input, prints {"seconds": ..., "finished":
...}, and ends with its input: whoever started it reads the CPU of its processes meanwhile.
"""

import json
import multiprocessing
import os
import sys
import time

os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
os.environ.setdefault("TUNE_DISABLE_AUTO_CALLBACK_LOGGERS", "1")
os.environ.setdefault("RAY_DEDUP_LOGS", "0")

STUDY = "throughput"
# As bench/throughput-plans.ts: decided after one and two of four steps, the better half goes on.
STEPS = [1, 2, 4]


def score(rate: float, learning_rate: float) -> float:
    return 1 - abs(rate - 0.3) - learning_rate


def optuna_sampler(settings: dict, worker: int):
    import optuna

    if settings["search"] == "tpe":
        return optuna.samplers.TPESampler(
            multivariate=True, constant_liar=True, n_startup_trials=10, seed=settings["seed"] + worker
        )
    return optuna.samplers.RandomSampler(seed=settings["seed"] + worker)


def optuna_worker(settings: dict, worker: int, trials: int, go, ready) -> None:
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    pruner = (
        optuna.pruners.SuccessiveHalvingPruner(min_resource=1, reduction_factor=2)
        if settings["search"] == "asha"
        else optuna.pruners.NopPruner()
    )
    study = optuna.load_study(
        study_name=STUDY, storage=settings["url"], sampler=optuna_sampler(settings, worker), pruner=pruner
    )

    def objective(trial) -> float:
        value = score(
            trial.suggest_float("dropout_rate", 0, 0.8), trial.suggest_float("learning_rate", 1e-4, 1e-1, log=True)
        )
        for step in STEPS[:-1] if settings["search"] == "asha" else []:
            trial.report(value, step)
            if trial.should_prune():
                raise optuna.TrialPruned()
        return value

    ready.release()
    go.wait()
    study.optimize(objective, n_trials=trials)


def run_optuna(settings: dict) -> None:
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(study_name=STUDY, storage=settings["url"], direction="maximize")
    processes = multiprocessing.get_context("spawn")
    go, ready = processes.Event(), processes.Semaphore(0)
    workers, trials = settings["workers"], settings["trials"]
    running = [
        processes.Process(
            target=optuna_worker,
            args=(settings, worker, trials * (worker + 1) // workers - trials * worker // workers, go, ready),
        )
        for worker in range(workers)
    ]
    for process in running:
        process.start()
    for _ in running:
        ready.acquire()
    print("ready", flush=True)
    sys.stdin.readline()
    began = time.perf_counter()
    go.set()
    for process in running:
        process.join()
    seconds = time.perf_counter() - began
    finished = sum(trial.state.is_finished() for trial in study.get_trials(deepcopy=False))
    print(json.dumps({"seconds": seconds, "finished": finished}), flush=True)


def trainable():
    """A class: Ray reuses actors of classes alone."""
    from ray import tune

    class Empty(tune.Trainable):
        def setup(self, config: dict) -> None:
            self.set(config)

        def reset_config(self, config: dict) -> bool:
            self.set(config)
            return True

        def set(self, config: dict) -> None:
            self.value = score(config["dropout_rate"], config["learning_rate"])
            self.steps = STEPS if config["rungs"] else [1]
            self.at = 0

        def step(self) -> dict:
            step = self.steps[self.at]
            self.at += 1
            return {"value": self.value, "step": step, "done": self.at == len(self.steps)}

        def save_checkpoint(self, folder: str) -> None:
            return None

        def load_checkpoint(self, checkpoint) -> None:
            return None

    return Empty


def start_ray(workers: int, tries: int = 8) -> None:
    """On a busy machine Ray's raylet gives its metrics agent 15 s to start, and ends itself: it is started again."""
    import ray

    for tried in range(1, tries + 1):
        try:
            ray.init(
                num_cpus=workers,
                include_dashboard=False,
                log_to_driver=False,
                logging_level="ERROR",
                _node_ip_address="127.0.0.1",
            )
            return
        except Exception:
            ray.shutdown()
            if tried == tries:
                raise


def run_ray(settings: dict) -> None:
    from ray import tune
    from ray.tune.schedulers import ASHAScheduler, FIFOScheduler

    start_ray(settings["workers"])
    asha = settings["search"] == "asha"
    space = {
        "dropout_rate": tune.uniform(0, 0.8),
        "learning_rate": tune.loguniform(1e-4, 1e-1),
        "rungs": asha,
    }
    searcher = None
    if settings["search"] == "tpe":
        from ray.tune.search.optuna import OptunaSearch

        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        searcher = OptunaSearch(sampler=optuna_sampler(settings, 0), metric="value", mode="max")
    scheduler = (
        ASHAScheduler(time_attr="step", grace_period=1, max_t=4, reduction_factor=2) if asha else FIFOScheduler()
    )
    tuner = tune.Tuner(
        tune.with_resources(trainable(), {"cpu": 1}),
        param_space=space,
        tune_config=tune.TuneConfig(
            num_samples=settings["trials"],
            max_concurrent_trials=settings["workers"],
            reuse_actors=True,
            metric="value",
            mode="max",
            search_alg=searcher,
            scheduler=scheduler,
        ),
        run_config=tune.RunConfig(verbose=0, storage_path=settings["folder"], name="throughput"),
    )
    print("ready", flush=True)
    sys.stdin.readline()
    began = time.perf_counter()
    results = tuner.fit()
    seconds = time.perf_counter() - began
    print(json.dumps({"seconds": seconds, "finished": len(results)}), flush=True)


if __name__ == "__main__":
    with open(sys.argv[2], encoding="utf-8") as file:
        settings = json.load(file)
    (run_optuna if sys.argv[1] == "optuna" else run_ray)(settings)
    sys.stdin.read()
