"""The settings that a local trainer reads beside the files, ready to be run or adapted.

Only what follows from the files and from what a person chose; the model and the machine are theirs.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from finetune_studio.formats.training_layouts import Layout

MODEL = "MODEL"
"""Stands for the model where none is named."""


@dataclass(frozen=True, slots=True)
class SnippetFacts:
    """`name` is that of the dataset; `hyperparameters` are those that a person chose, by OpenAI's names."""

    layout: Layout
    name: str
    training: str
    validation: str = ""
    is_preference: bool = False
    is_split: bool = False
    has_tools: bool = False
    hyperparameters: Mapping[str, float | int | str] = field(default_factory=dict)
    seed: int | None = None

    @property
    def epochs(self) -> int:
        value = self.hyperparameters.get("n_epochs")
        return int(value) if isinstance(value, int | float) and value >= 1 else 3

    @property
    def batch(self) -> int:
        value = self.hyperparameters.get("batch_size")
        return int(value) if isinstance(value, int | float) and value >= 1 else 4

    @property
    def rate(self) -> str:
        """The learning rate, where one was chosen and not a multiplier of it; without an exponent."""
        return _number(self.hyperparameters.get("learning_rate"))

    @property
    def beta(self) -> str:
        """How closely a model trained on preferences stays to its base, where it was chosen."""
        return _number(self.hyperparameters.get("beta")) if self.is_preference else ""

    @property
    def without_counterpart(self) -> list[str]:
        """What was chosen and has no place in the settings of a local trainer."""
        placed = {"n_epochs", "batch_size", "learning_rate", *(("beta",) if self.is_preference else ())}
        return [
            f"{name} {value} was chosen and has no counterpart here."
            for name, value in self.hyperparameters.items()
            if name not in placed and value != "auto"
        ]


def _number(value: float | int | str | None) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    text = f"{value:.10f}"
    return text.rstrip("0").rstrip(".")


def snippets_of(facts: SnippetFacts) -> dict[str, str]:
    """File names and their texts."""
    return {
        Layout.TRL: _trl,
        Layout.MLX: _mlx,
        Layout.AXOLOTL: _axolotl,
        Layout.LLAMA_FACTORY: _llama_factory,
    }[facts.layout](facts)


def _trl(facts: SnippetFacts) -> dict[str, str]:
    trainer, config = ("DPOTrainer", "DPOConfig") if facts.is_preference else ("SFTTrainer", "SFTConfig")
    files = {"train": facts.training, **({"validation": facts.validation} if facts.validation else {})}
    options = [f'output_dir="{facts.name}"', f"num_train_epochs={facts.epochs}"]
    options.append(f"per_device_train_batch_size={facts.batch}")
    if facts.rate:
        options.append(f"learning_rate={facts.rate}")
    if facts.beta:
        options.append(f"beta={facts.beta}")
    if facts.seed is not None:
        options.append(f"seed={facts.seed}")
    if not facts.is_preference and not facts.is_split:
        options.append("assistant_only_loss=True")
    evaluated = '    eval_dataset=data["validation"],\n' if facts.validation else ""
    inner = "".join(f"        {option},\n" for option in options)
    text = "".join(f"# {line}\n" for line in facts.without_counterpart) + (
        f"from datasets import load_dataset\nfrom trl import {config}, {trainer}\n\n"
        f'data = load_dataset("json", data_files={json.dumps(files)})\n'
        f'trainer = {trainer}(\n    model="{MODEL}",\n    train_dataset=data["train"],\n{evaluated}'
        f"    args={config}(\n{inner}    ),\n)\ntrainer.train()\n"
    )
    return {"train_trl.py": text}


def _mlx(facts: SnippetFacts) -> dict[str, str]:
    lines = [f"model: {MODEL}", "train: true", "data: .", f"batch_size: {facts.batch}"]
    lines.append(
        "# Trains only what the assistant says last." if facts.is_split else "# Trains the whole text."
    )
    lines.append(f"mask_prompt: {'true' if facts.is_split else 'false'}")
    if facts.rate:
        lines.append(f"learning_rate: {facts.rate}")
    lines += _common(facts)
    lines.append(f"# mlx-lm counts iterations: examples x {facts.epochs} epochs / batch size.")
    return {"mlx_lora.yaml": "\n".join(lines) + "\n"}


def _axolotl(facts: SnippetFacts) -> dict[str, str]:
    def dataset(name: str) -> list[str]:
        found = [f"  - path: {json.dumps(name)}", "    ds_type: json"]
        if facts.is_preference:
            return [
                *found,
                "    type: chat_template.default",
                "    field_messages: prompt",
                "    field_chosen: chosen",
                "    field_rejected: rejected",
            ]
        fields = ["    field_messages: messages", "    message_field_training: training"]
        return [*found, "    type: chat_template", *fields]

    lines = [f"base_model: {MODEL}"]
    if facts.is_preference:
        lines.append("rl: dpo")
    lines += ["datasets:", *dataset(facts.training)]
    if facts.validation:
        lines += ["test_datasets:", *dataset(facts.validation)]
    lines += [f"num_epochs: {facts.epochs}", f"micro_batch_size: {facts.batch}"]
    if facts.rate:
        lines.append(f"learning_rate: {facts.rate}")
    else:
        lines += [
            "# Axolotl wants a rate; with an adapter ten times as much is usual.",
            "learning_rate: 0.00002",
        ]
    lines += ["# Examples of more tokens than this are left out.", "sequence_len: 4096"]
    if facts.beta:
        lines.append(f"rl_beta: {facts.beta}")
    lines += _common(facts)
    return {"axolotl.yaml": "\n".join(lines) + "\n"}


def _common(facts: SnippetFacts) -> list[str]:
    """Lines that all settings in YAML have."""
    seed = [f"seed: {facts.seed}"] if facts.seed is not None else []
    return [*seed, *(f"# {line}" for line in facts.without_counterpart)]


def _llama_factory(facts: SnippetFacts) -> dict[str, str]:
    columns = {"messages": "messages"}
    if facts.is_preference:
        columns.update(chosen="chosen", rejected="rejected")
    if facts.has_tools:
        columns["tools"] = "tools"
    tags = {
        "role_tag": "role",
        "content_tag": "content",
        "user_tag": "user",
        "assistant_tag": "assistant",
        "system_tag": "system",
        "observation_tag": "observation",
        "function_tag": "function_call",
    }
    info: dict[str, object] = {}
    for name, file in ((facts.name, facts.training), (f"{facts.name}_validation", facts.validation)):
        if file:
            ranking = {"ranking": True} if facts.is_preference else {}
            layout = {"file_name": file, "formatting": "sharegpt", **ranking}
            info[name] = {**layout, "columns": columns, "tags": tags}
    lines = [f"model_name_or_path: {MODEL}", f"stage: {'dpo' if facts.is_preference else 'sft'}"]
    lines += ["do_train: true", "finetuning_type: lora", "dataset_dir: .", f"dataset: {facts.name}"]
    if facts.validation:
        lines.append(f"eval_dataset: {facts.name}_validation")
    lines += [f"num_train_epochs: {facts.epochs}", f"per_device_train_batch_size: {facts.batch}"]
    if facts.is_split:
        lines += ["# Trains only what the assistant says last.", "mask_history: true"]
    if facts.rate:
        lines.append(f"learning_rate: {facts.rate}")
    if facts.beta:
        lines.append(f"pref_beta: {facts.beta}")
    lines += _common(facts)
    return {
        "dataset_info.json": json.dumps(info, ensure_ascii=False, indent=2) + "\n",
        "llama_factory.yaml": "\n".join(lines) + "\n",
    }
