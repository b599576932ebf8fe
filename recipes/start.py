"""What both recipes do alike: first all that is cheap and can be wrong, then the weights."""

import contextlib
import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from accelerate import PartialState
from datasets import Dataset
from jinja2 import TemplateError
from transformers import AutoTokenizer, TrainerState
from trl import ModelConfig

from . import data, run, watch
from .fields import NO_GPU, DataFields

# transformers warns at every step of names that TRL uses, and that nobody here can change.
warnings.filterwarnings("ignore", category=FutureWarning, module=r"transformers\.")


@contextlib.contextmanager
def one_line(recipe: str) -> Iterator[None]:
    """What the user can put right is said in one line, whatever library noticed it."""
    try:
        yield
    except run.Finished as done:
        if PartialState().is_main_process:
            print(f"{recipe}: {done}")
        sys.exit(0)
    except (ValueError, TypeError, OSError, ArithmeticError, LookupError, RecursionError, TemplateError) as error:
        if os.environ.get("SYNTHRL_TRACEBACK"):
            raise
        sys.exit(f"{recipe}: {' '.join(str(error).split())}")


def require_device(args: Any) -> None:
    """Without this the weights would be loaded, and then trained for days on a CPU that nobody meant."""
    if args.device.type == "cpu" and not args.use_cpu:
        raise ValueError(NO_GPU)
    if getattr(args, "use_vllm", False) and args.device.type == "cpu":
        raise ValueError("use_vllm: vLLM needs a GPU, and there is none here")


def tokenizer(model: ModelConfig, fields: DataFields) -> Any:
    if not model.model_name_or_path:
        raise ValueError("model_name_or_path: got none, expected a model's name or folder")
    try:
        found = AutoTokenizer.from_pretrained(
            model.model_name_or_path, revision=model.model_revision, padding_side="left"
        )
    except (OSError, ValueError) as error:
        raise ValueError(f"model_name_or_path: got {model.model_name_or_path!r}: {error}") from None
    if found.pad_token is None:
        found.pad_token = found.eos_token
    if found.chat_template is None and not fields.plain_prompt:
        raise ValueError(f"plain_prompt: {model.model_name_or_path} has no chat template: say plain_prompt: true")
    return found


def rows(fields: DataFields, tokenizer: Any, seed: int) -> Dataset:
    """What to train on. Only the main process makes it; the others then find it in the cache."""
    if not fields.data:
        raise ValueError("data: got none, expected parts such as 'fiction_multihop hops=2-4'")
    with PartialState().main_process_first():
        found = data.load(fields.data, "train", seed)
        kept = data.within_budget(data.asked(found, fields), tokenizer, fields)
    if fields.max_prompt_tokens is not None and PartialState().is_main_process:
        print(f"{len(found) - len(kept)} of {len(found)} rows left out: longer than {fields.max_prompt_tokens} tokens")
    if fields.rows is not None and fields.rows > len(kept):
        raise ValueError(f"rows: got {fields.rows}, but there are {len(kept)}: give the parts of data more")
    return kept if fields.rows is None else kept.select(range(fields.rows))


def model_options(model: ModelConfig, args: Any) -> dict[str, Any]:
    said = {"revision": model.model_revision, "attn_implementation": model.attn_implementation, "dtype": model.dtype}
    return {**said, **(args.model_init_kwargs or {})}


class Ready(NamedTuple):
    trainer: Any
    looker: watch.Watch
    description: dict[str, Any]
    checkpoint: str | None  # to go on from
    keep: str


def train(ready: Ready) -> None:
    """Train, and leave the weights that were asked for, with a card."""
    trainer, looker, description, checkpoint, keep = ready
    looker.trainer, trainer.description = trainer, description
    if checkpoint:
        print(f"going on from {checkpoint}")
    if checkpoint and run.is_over(checkpoint, trainer.args):
        trainer._load_from_checkpoint(checkpoint)
        trainer.state = TrainerState.load_from_json(str(Path(checkpoint) / "trainer_state.json"))
        looker.look("watch", looker.rows)
    else:
        trainer.train(resume_from_checkpoint=checkpoint)
    if keep == "best" and (best := watch.best_checkpoint(Path(trainer.args.output_dir))):
        trainer._load_from_checkpoint(str(best))
        trainer.accelerator.print(f"keeping the weights of {best}")
    looker.look("final", looker.final)
    trainer.save_model(trainer.args.output_dir)
    if trainer.is_world_process_zero():
        run.finish(Path(trainer.args.output_dir), description, trainer.state.global_step)
    if trainer.args.push_to_hub:
        trainer.push_to_hub()
    else:
        trainer.create_model_card(model_name=Path(trainer.args.output_dir).name)
    trainer.end()
