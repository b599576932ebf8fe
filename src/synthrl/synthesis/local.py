"""A model in this process: asked like an endpoint, for what is small enough or has no server.

By transformers, or by vLLM where that is installed and there is a GPU for it. Requests that wait at the same moment are
answered together, as one batch.
"""

import asyncio
import hashlib
import importlib.util
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from synthrl.knobs import refuse

from .endpoint import Messages
from .reply import CUT, EMPTY, OK, Reply

Answer = Callable[[list[Messages], dict[str, Any]], list[Reply]]  # to each of several chats
MADE_OF = {
    ".safetensors",
    ".bin",
    ".json",
    ".jinja",
    ".model",
    ".txt",
}  # a model's folder: weights, tokenizer, settings


def digest_of(folder: Path) -> str:
    """What is in a model's folder, as one short name."""
    whole = hashlib.sha256()
    for path in sorted(path for path in folder.iterdir() if path.suffix in MADE_OF and path.is_file()):
        with path.open("rb") as file:
            whole.update(f"{path.name}\n{hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return f"sha256:{whole.hexdigest()[:32]}"


def cached_as(model: str) -> str:
    """The name by which a model's replies are kept: for a folder what is in it, as its weights may change."""
    return digest_of(Path(model)) if Path(model).is_dir() else model


def usual_engine() -> str:
    if importlib.util.find_spec("vllm") is None:
        return "transformers"
    import torch  # which vLLM brings

    return "vllm" if torch.cuda.is_available() else "transformers"


class Local:
    """`async with Local(…) as model`. `engine`: one of ENGINES, or None for `usual_engine()`."""

    def __init__(self, model: str, batch: int = 16, engine: str | None = None) -> None:
        engine = engine or usual_engine()
        if engine not in ENGINES:
            refuse("engine", engine, ENGINES)
        self._answer = ENGINES[engine](model)
        self.model = self.where = model
        self._batch = batch
        self._waiting: list[tuple[Messages, dict[str, Any], asyncio.Future[Reply]]] = []
        self._worker: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Local":
        return self

    async def __aexit__(self, *error: object) -> None:
        if self._worker:
            await asyncio.wait([self._worker])  # a batch under way cannot be stopped

    async def send(self, messages: Messages, sampling: dict[str, Any]) -> Reply:
        told: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._waiting.append((messages, sampling, told))
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())
        return await told

    async def _work(self) -> None:
        while True:
            await asyncio.sleep(0.01)  # those told last ask again
            self._waiting = [each for each in self._waiting if not each[2].done()]  # or have been given up
            if not self._waiting:
                return
            sampling = self._waiting[0][1]
            alike = [each for each in self._waiting if each[1] == sampling]
            now, later = alike[: self._batch], alike[self._batch :]
            self._waiting = later + [each for each in self._waiting if each[1] != sampling]
            try:
                replies = await asyncio.to_thread(self._answer, [messages for messages, _, _ in now], sampling)
            except Exception as error:
                for _, _, told in now:
                    if not told.done():
                        told.set_exception(ValueError(f"{self.model}: {type(error).__name__}: {error}"))
                continue
            for (_, _, told), reply in zip(now, replies, strict=True):
                if not told.done():
                    told.set_result(reply)


class _Transformers:
    def __init__(self, model: str) -> None:
        try:
            import torch
            from transformers import AutoModelForCausalLM, AutoTokenizer
        except ImportError:
            raise ImportError("a model in process needs transformers: pip install 'synthrl[train]'") from None

        device = "cuda" if torch.cuda.is_available() else "cpu"
        self._tokenizer: Any = AutoTokenizer.from_pretrained(model)
        self._model: Any = AutoModelForCausalLM.from_pretrained(model, dtype="auto").to(device).eval()
        torch.seed()  # else each start draws the same, and a profile that goes on repeats its first samples

    def __call__(self, chats: list[Messages], sampling: dict[str, Any]) -> list[Reply]:
        import torch

        tokenizer = self._tokenizer
        texts = [tokenizer.apply_chat_template(chat, add_generation_prompt=True, tokenize=False) for chat in chats]
        inputs = tokenizer(texts, return_tensors="pt", padding=True, padding_side="left", add_special_tokens=False)
        ends = self._ends()
        # What the model's own configuration says of sampling is for other uses: all of it is said here.
        how: dict[str, Any] = {"temperature": None, "top_p": None, "top_k": None, "min_p": None}
        if sampling.get("temperature", 1.0) > 0:
            how = {"temperature": sampling.get("temperature", 1.0), "top_p": sampling.get("top_p", 1.0), "top_k": 0}
        with torch.no_grad():
            out = self._model.generate(
                **inputs.to(self._model.device),
                max_new_tokens=sampling["max_tokens"],
                do_sample=how["temperature"] is not None,
                eos_token_id=ends,
                pad_token_id=ends[0] if tokenizer.pad_token_id is None else tokenizer.pad_token_id,
                **how,
            )
        read = inputs["attention_mask"].sum(dim=1).tolist()
        said = out[:, inputs["input_ids"].shape[1] :].tolist()
        return [self._reply(ids, tokens_in, ends) for ids, tokens_in in zip(said, read, strict=True)]

    def _ends(self) -> list[int]:
        own = self._model.generation_config.eos_token_id
        found = [self._tokenizer.eos_token_id, *(own if isinstance(own, list) else [own])]
        return sorted({end for end in found if end is not None})

    def _reply(self, ids: list[int], tokens_in: int, ends: list[int]) -> Reply:
        end = next((i for i, token in enumerate(ids) if token in ends), None)
        text = self._tokenizer.decode(ids if end is None else ids[:end], skip_special_tokens=True)
        status = (OK if end is not None else CUT) if text.strip() else EMPTY
        return Reply(status, text, tokens_in, len(ids) if end is None else end + 1)


class _Vllm:
    """By vLLM's documented `LLM.chat`. Tested against a stand-in for it only: vLLM needs a GPU."""

    def __init__(self, model: str) -> None:
        try:
            from vllm import LLM, SamplingParams
        except ImportError:
            raise ImportError("engine vllm: it is not installed here: pip install 'synthrl[vllm]'") from None

        self._llm: Any = LLM(model=model, seed=secrets.randbits(31))  # its own default draws the same at each start
        self._params: Any = SamplingParams

    def __call__(self, chats: list[Messages], sampling: dict[str, Any]) -> list[Reply]:
        told = self._llm.chat(chats, self._params(**sampling), use_tqdm=False)
        return [self._reply(each.outputs[0], len(each.prompt_token_ids)) for each in told]

    def _reply(self, said: Any, tokens_in: int) -> Reply:
        status = (CUT if said.finish_reason == "length" else OK) if said.text.strip() else EMPTY
        return Reply(status, said.text, tokens_in, len(said.token_ids))


ENGINES: dict[str, Callable[[str], Answer]] = {"transformers": _Transformers, "vllm": _Vllm}
