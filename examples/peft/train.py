"""LoRA of PEFT on a small BERT, as the program that a sweep runs: dropsweep launch sweep.yaml"""

import json
import sys

import torch
from peft import LoraConfig, get_peft_model
from transformers import BertConfig, BertForSequenceClassification


def rows(count, seed):
    """Sequences of 12 tokens; the class is whether token 7 comes before token 9."""
    source = torch.Generator().manual_seed(seed)
    tokens = torch.randint(10, 60, (count, 12), generator=source)
    places = torch.stack([torch.randperm(12, generator=source)[:2] for _ in range(count)])
    tokens.scatter_(1, places, torch.tensor([[7, 9]]).expand(count, 2))
    return tokens, (places[:, 0] < places[:, 1]).long()


def train(settings, seed, first_step, steps, report):
    """Trains for steps epochs; report(step, metrics) says after each whether to go on."""
    torch.manual_seed(seed)
    config = BertConfig(vocab_size=64, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64)
    lora = LoraConfig(r=settings["rank"], lora_alpha=16, lora_dropout=settings["dropout"],
                      target_modules=["query", "value", "dense"], modules_to_save=["classifier"])
    model = get_peft_model(BertForSequenceClassification(config), lora)
    optimiser = torch.optim.AdamW(model.parameters(), lr=settings["learning_rate"])
    tokens, labels = rows(512, 0)
    dev_tokens, dev_labels = rows(256, 1)
    for step in range(1, steps + 1):  # epochs before first_step are run again: nothing was kept of them
        model.train()
        for batch in torch.randperm(512).split(32):
            loss = model(input_ids=tokens[batch], labels=labels[batch]).loss
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        model.eval()
        with torch.no_grad():
            dev = model(input_ids=dev_tokens, labels=dev_labels)
        accuracy = (dev.logits.argmax(-1) == dev_labels).float().mean().item()
        if step > first_step and not report(step, {"accuracy": accuracy, "loss": dev.loss.item()}):
            return


def print_report(step, metrics):
    print(json.dumps({"step": step, **metrics}), flush=True)
    return True


if __name__ == "__main__":
    with open(sys.argv[1]) as file:
        given = json.load(file)
    train(given["configuration"], given["seed"], given["step"], given["steps"], print_report)
