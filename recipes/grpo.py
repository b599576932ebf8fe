# /// script
# requires-python = ">=3.11"
# dependencies = ["synthrl[train]"]
# ///
"""Train a language model with GRPO on rows of synthrl.

On a GPU, a model file and a data file composed, and a field of one's own:

    accelerate launch recipes/grpo.py --config models/qwen3_0.6b data/multihop --output_dir runs/mine --seed 1

Without one, in a minute:

    accelerate launch recipes/grpo.py --config demo/grpo …

Each field is one of TRL's GRPOConfig and ModelConfig, or of those in `fields.py` and below. Started again, a run goes
on from its last checkpoint.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trl import GRPOConfig, ModelConfig, get_peft_config, get_quantization_config

from synthrl.recipes import curriculum, data, reward, run, start, watch
from synthrl.recipes.fields import DataFields, WatchFields, parse, said


@dataclass
class Fields(DataFields, WatchFields):
    rewards: list[str] = said(
        "What is rewarded, each 'NAME option=value … [weight=1]': a reward of synthrl.rewards, or a dotted name.",
        ["answer_reward"],
    )
    order: str = said(
        "Rows at random, ascending by hops, or adaptive: where rewards differ most.",
        "random",
        choices=list(curriculum.ORDERS),
    )


class Trainer(run.Told, curriculum.OrderedGRPOTrainer):
    pass


def ready(fields: Fields, args: GRPOConfig, model: ModelConfig) -> start.Ready:
    """All that is cheap and can be wrong, and then the trainer."""
    functions, weights = reward.named(fields.rewards)
    if args.reward_weights is not None:
        raise ValueError(
            "reward_weights: say the weight with the reward: rewards: [answer_reward, format_ok weight=0.1]"
        )
    args.reward_weights = weights
    args.chat_template_kwargs = {**(args.chat_template_kwargs or {}), **(data.template_switch(fields) or {})} or None
    curriculum.require_fitting(fields.order, args)

    tokenizer = start.tokenizer(model, fields)
    rows = start.rows(fields, tokenizer, args.seed)
    reward.check(functions, rows)
    watched = watch.held_out(fields.held_out, fields, tokenizer)
    final = watch.prepared(fields.final, "test", fields, tokenizer)
    folder = Path(args.output_dir)
    description = run.describe("grpo", (fields, args, model), rows)
    checkpoint = run.begin(folder, description, args.resume_from_checkpoint)

    args.model_init_kwargs = start.model_options(model, args)
    looking: dict[str, Any] = {"temperature": args.temperature, "top_p": args.top_p, "top_k": args.top_k}
    looker = watch.Watch(
        watched, final, fields, args.chat_template_kwargs, fields.watch_tokens or args.max_completion_length, looking
    )
    trainer = Trainer(
        how=fields.order,
        model=model.model_name_or_path,
        reward_funcs=functions,
        args=args,
        train_dataset=rows,
        processing_class=tokenizer,
        peft_config=get_peft_config(model),
        quantization_config=get_quantization_config(model),
        callbacks=[run.Record(folder), looker],
    )
    return start.Ready(trainer, looker, description, checkpoint, fields.keep)


def main(argv: Sequence[str] | None = None) -> None:
    with start.one_line("grpo"):
        fields, args, model = parse((Fields, GRPOConfig, ModelConfig), argv)
        start.require_device(args)
        made = ready(fields, args, model)
    start.train(made)


if __name__ == "__main__":
    main()
