"""A training that needs nothing but Python: gradient descent on a line, as any program of yours would be swept."""

import json
import os
import random
import sys

given = json.load(open(sys.argv[1] if len(sys.argv) > 1 else os.environ["DROPSWEEP_CONFIG"]))
settings = given["configuration"]
source = random.Random(given["seed"])
rows = [(x / 10, 3 * x / 10 - 1 + source.gauss(0, 0.1)) for x in range(-10, 11)]
kept = os.path.join(given["folder"], "state.json")  # what a run leaves for the next, should it be ended early
state = json.load(open(kept)) if os.path.exists(kept) else {"step": 0, "slope": 0.0, "offset": 0.0}
slope, offset = state["slope"], state["offset"]

for step in range(state["step"] + 1, given["steps"] + 1):
    for _ in range(settings["epochs_per_step"]):
        error = [(slope * x + offset - y, x) for x, y in rows]
        slope -= settings["learning_rate"] * sum(e * x for e, x in error) / len(rows)
        offset -= settings["learning_rate"] * sum(e for e, _ in error) / len(rows)
    loss = sum((slope * x + offset - y) ** 2 for x, y in rows) / len(rows)
    with open(kept + ".new", "w") as file:
        json.dump({"step": step, "slope": slope, "offset": offset}, file)
    os.replace(kept + ".new", kept)
    print(json.dumps({"step": step, "loss": loss, "slope": slope}), flush=True)
