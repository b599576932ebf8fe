# /// script
# requires-python = ">=3.11"
# dependencies = ["synthrl[train]"]
# ///
"""Make a small model from scratch: random weights and a tokenizer trained on our own text. Nothing is downloaded.

    python recipes/tiny_model.py --config demo/world demo/model --output_dir runs/demo/model

Its architecture is Qwen3's, so whatever trains, serves or evaluates a Qwen3 takes it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from datasets import Dataset
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM

from synthrl.recipes import data, run, start
from synthrl.recipes.fields import DataFields, parse, said

PAD, START, END = "<|endoftext|>", "<|im_start|>", "<|im_end|>"  # Qwen's names
TEMPLATE = """\
{% for message in messages %}<|im_start|>{{ message.role }}
{{ message.content }}<|im_end|>
{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
{% endif %}"""


@dataclass
class Fields(DataFields):
    output_dir: str = said("Where the model goes.", "runs/tiny")
    vocabulary: int = said("Tokens, at most.", 4096)
    hidden_size: int = said("Width of the model; each head is 32 wide.", 128)
    layers: int = said("Layers.", 2)
    positions: int = said("Longest text, in tokens.", 1024)
    spread: float = said(
        "Of the first weights: a model this narrow learns facts by heart sooner from more than the usual 0.02.", 0.06
    )
    seed: int = said("Other weights.", 0)


def texts(rows: Dataset) -> Iterator[str]:
    for row in rows:
        yield from (message["content"] for message in row["prompt"])
        yield row["solution"]


def tokenizer(rows: Dataset, vocabulary: int) -> PreTrainedTokenizerFast:
    """Byte-level BPE, so that no text is beyond it; names that come often are one token or two."""
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=[PAD, START, END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    bpe.train_from_iterator(texts(rows), trainer)
    return PreTrainedTokenizerFast(tokenizer_object=bpe, eos_token=END, pad_token=PAD, chat_template=TEMPLATE)


def model(words: PreTrainedTokenizerFast, fields: Fields) -> Qwen3ForCausalLM:
    torch.manual_seed(fields.seed)
    heads = max(1, fields.hidden_size // 32)
    config = Qwen3Config(
        vocab_size=len(words),
        hidden_size=fields.hidden_size,
        intermediate_size=4 * fields.hidden_size,
        num_hidden_layers=fields.layers,
        num_attention_heads=heads,
        num_key_value_heads=heads,
        head_dim=32,
        max_position_embeddings=fields.positions,
        eos_token_id=words.eos_token_id,
        pad_token_id=words.pad_token_id,
        initializer_range=fields.spread,
        tie_word_embeddings=True,
    )
    return Qwen3ForCausalLM(config)


def main(fields: Fields) -> None:
    folder = Path(fields.output_dir)
    if (folder / "model.safetensors").is_file():
        raise run.Finished(f"{folder} holds a model already")
    rows = data.asked(data.together(fields.data, "train"), fields)
    words = tokenizer(rows, fields.vocabulary)
    made = model(words, fields)
    words.save_pretrained(folder)
    made.save_pretrained(folder)
    lengths = [len(words(text)["input_ids"]) for text in texts(rows)]
    print(
        f"{folder}: {made.num_parameters() / 1e6:.2f} M parameters, {len(words)} tokens; "
        f"questions and solutions have {sum(lengths) / len(lengths):.0f} of them on average, {max(lengths)} at most"
    )


if __name__ == "__main__":
    with start.one_line("tiny_model"):
        main(*parse((Fields,)))
