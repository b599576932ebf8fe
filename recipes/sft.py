# /// script
# requires-python = ">=3.11"
# dependencies = ["synthrl[train]"]
# ///
"""Train a language model on the worked solutions of rows of synthrl: a start for GRPO, or the control beside it.

    accelerate launch recipes/sft.py --config models/qwen3_0.6b data/multihop --output_dir runs/sft

Each field is one of TRL's SFTConfig and ModelConfig, or of those in `fields.py`. Started again, a run goes on from its
last checkpoint.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from datasets import Dataset
from trl import ModelConfig, SFTConfig, SFTTrainer, get_peft_config, get_quantization_config

from synthrl.recipes import data, run, start, watch
from synthrl.recipes.fields import DataFields, WatchFields, parse


@dataclass
class Fields(DataFields, WatchFields):
    pass


class Trainer(run.Told, SFTTrainer):
    pass


def completions(rows: Dataset, fields: Fields) -> Dataset:
    """Prompt and worked solution, as SFTTrainer wants them: what is asked is not learned, only what is answered."""
    if unsolved := sum(not solution for solution in rows["solution"]):
        raise ValueError(f"data: {unsolved} of {len(rows)} rows have no worked solution to learn from")
    switch = data.template_switch(fields)

    def pair(row: dict[str, Any]) -> dict[str, Any]:
        solution = row["solution"]
        told = f" {solution}" if fields.plain_prompt else [{"role": "assistant", "content": solution}]
        return {"prompt": row["prompt"], "completion": told, **({"chat_template_kwargs": switch} if switch else {})}

    return rows.map(pair, remove_columns=rows.column_names, desc="Worked solutions")


def ready(fields: Fields, args: SFTConfig, model: ModelConfig) -> start.Ready:
    """All that is cheap and can be wrong, and then the trainer."""
    tokenizer = start.tokenizer(model, fields)
    rows = start.rows(fields, tokenizer, args.seed)
    watched = watch.held_out(fields.held_out, fields, tokenizer)
    final = watch.prepared(fields.final, "test", fields, tokenizer)
    folder = Path(args.output_dir)
    description = run.describe("sft", (fields, args, model), rows)
    pairs = completions(rows, fields)
    checkpoint = run.begin(folder, description, args.resume_from_checkpoint)

    args.model_init_kwargs = start.model_options(model, args)
    looker = watch.Watch(watched, final, fields, data.template_switch(fields), fields.watch_tokens or 512, {})
    trainer = Trainer(
        model=model.model_name_or_path,
        args=args,
        train_dataset=pairs,
        processing_class=tokenizer,
        peft_config=get_peft_config(model),
        quantization_config=get_quantization_config(model),
        callbacks=[run.Record(folder), looker],
    )
    return start.Ready(trainer, looker, description, checkpoint, fields.keep)


def main(argv: Sequence[str] | None = None) -> None:
    with start.one_line("sft"):
        fields, args, model = parse((Fields, SFTConfig, ModelConfig), argv)
        start.require_device(args)
        made = ready(fields, args, model)
    start.train(made)


if __name__ == "__main__":
    main()
