"""
Writes the checkpoints beside this file with PyTorch (made with 2.15), and what is in them as safetensors does.

    python make-checkpoints.py

tensors.pt: a zip archive, as since PyTorch 1.6; tensors-sequence.pt: the same as before 1.6. Every type of elements,
views of one storage (a slice, a transposed one), a scalar, a tensor without elements, a parameter, a name twice.
"""

import json
from collections import OrderedDict
from pathlib import Path

import torch

folder = Path(__file__).parent
torch.manual_seed(0)
base = torch.randn(6, 4)
state = OrderedDict(
    {
        "embedding.weight": base,
        "embedding.slice": base[2:5],
        "embedding.transposed": base.t(),
        "embedding.column": base[:, 1],
        "tied.weight": base,
        "parameter": torch.nn.Parameter(torch.randn(3)),
        "half": torch.randn(2, 3).half(),
        "bfloat16": torch.randn(2, 3).bfloat16(),
        "double": torch.randn(5, dtype=torch.float64),
        "position_ids": torch.arange(7).expand((1, -1)),
        "int32": torch.arange(-3, 3, dtype=torch.int32),
        "int16": torch.arange(-3, 3, dtype=torch.int16),
        "int8": torch.arange(-3, 3, dtype=torch.int8),
        "uint8": torch.arange(5, dtype=torch.uint8),
        "bool": torch.tensor([True, False, True]),
        "scalar": torch.tensor(3.5),
        "nothing": torch.empty(0, 4),
    }
)
state._metadata = OrderedDict({"": {"version": 1}})
torch.save(state, folder / "tensors.pt")
torch.save(state, folder / "tensors-sequence.pt", _use_new_zipfile_serialization=False)
expected = {
    name: {
        "dtype": str(tensor.dtype).removeprefix("torch."),
        "shape": list(tensor.shape),
        "values": tensor.detach().double().flatten().tolist(),
    }
    for name, tensor in state.items()
}
(folder / "tensors.json").write_text(json.dumps(expected))


class Program:
    def __reduce__(self):
        return (print, ("run",))


torch.save({"weight": torch.zeros(1), "program": Program()}, folder / "program.pt")
torch.save({"state_dict": {"weight": torch.zeros(1)}, "epoch": 3}, folder / "nested.pt")
torch.save({"weight": torch.zeros(1).expand(1000)}, folder / "repeated.pt")
