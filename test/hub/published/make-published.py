"""
Writes what older models were published as, beside this file: a checkpoint of torch.save and a vocabulary, in place of
safetensors and tokenizer.json. The weights are those of test/support/tiny-model.ts, under TensorFlow's names of a layer
norm's factors; made with PyTorch 2.15.

    python make-published.py FOLDER     (of writeTinyModel)
"""

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file

source, here = Path(sys.argv[1]), Path(__file__).parent
state = {
    name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"): tensor
    for name, tensor in load_file(source / "model.safetensors").items()
}
names = sorted(state)
shards = {
    "pytorch_model-00001-of-00002.bin": names[: len(names) // 2],
    "pytorch_model-00002-of-00002.bin": names[len(names) // 2 :],
}
torch.save(state, here / "pytorch_model.bin")
for shard, held in shards.items():
    torch.save({name: state[name].clone() for name in held}, here / shard)
places = {name: shard for shard, held in shards.items() for name in held}
(here / "pytorch_model.bin.index.json").write_text(json.dumps({"metadata": {}, "weight_map": places}))
vocabulary = json.loads((source / "tokenizer.json").read_text())["model"]["vocab"]
(here / "vocab.txt").write_text("\n".join(sorted(vocabulary, key=vocabulary.get)) + "\n")
