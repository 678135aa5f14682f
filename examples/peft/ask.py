"""The training of train.py, asking a sweep for what to train: dropsweep launch --detach ask.yaml && python3 ask.py peft-asked"""

import json
import math
import subprocess
import sys

from train import train


def dropsweep(*words):
    return json.loads(subprocess.run(["dropsweep", *words], check=True, stdout=subprocess.PIPE, text=True).stdout)


def run(asked):
    def report(step, metrics):
        lost = next((name for name, value in metrics.items() if not math.isfinite(value)), None)
        if lost is not None:
            dropsweep("tell", asked["lease"], "--diverged", f"{lost} is {metrics[lost]}")
            return False
        words = [f"{name}={value}" for name, value in metrics.items()]
        return dropsweep("tell", asked["lease"], "--step", str(step), *words)["answer"] == "go"

    settings = asked["configuration"]
    try:
        train(settings, settings["seed"], asked["step"], asked["steps"], report)
    except RuntimeError as error:
        dropsweep("tell", asked["lease"], "--failed", str(error))


while (asked := dropsweep("ask", sys.argv[1], "--wait-seconds", "60"))["kind"] != "over":
    if asked["kind"] != "wait":
        run(asked)
