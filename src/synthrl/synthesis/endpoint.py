"""One try at a chat completion by OpenAI's protocol, which vLLM, `transformers serve` and vendors speak.

What may go better another time raises `Again`; what will not is a `ValueError` of one line, and `Refused` where it may be
this request alone that the server does not take. The key comes from the environment and is in nothing that this gives
back or raises.
"""

import asyncio
import email.utils
import os
import re
import time
import urllib.request
from typing import Any
from urllib.parse import urlsplit

from synthrl.knobs import require

from . import reply
from .reply import Reply

try:
    import httpx
except ImportError:
    raise ImportError("asking an endpoint needs httpx: pip install 'synthrl[synthesis]'") from None

Messages = list[dict[str, str]]
LARGEST = 4_000_000  # bytes of a reply that are read
LONG_KEY = 16  # characters, from which on a key is looked for in replies
PASSING = (408, 425, 429)  # and 5xx: what a server says when another time will do
UNFIT = (
    400,
    413,
    422,
)  # what it says of a prompt that is too long for the model, or that its filter does not let through


class Again(Exception):
    """This try failed and another may not. `wait`: seconds that the server asks for; `paid`: it may have done the work."""

    def __init__(self, why: str, wait: float | None = None, paid: bool = False) -> None:
        super().__init__(why)
        self.wait, self.paid = wait, paid


class Refused(ValueError):
    """The server does not take this request, however often it is sent. It may take others."""


def key_from(variable: str) -> str:
    """The API key, if there is one. What no header can carry is refused here, as httpx would print it."""
    if not re.fullmatch(r"\w*", variable):  # a key that was given in place of a name: it would be told and written down
        raise ValueError("key variable: got what names no variable (it is not shown), expected a name: OPENAI_API_KEY")
    key = os.environ.get(variable, "").strip()
    if not (key.isascii() and key.isprintable()):
        raise ValueError(f"{variable}: got characters that no key has (it is not shown), expected ASCII without spaces")
    return key


class Endpoint:
    """`async with Endpoint(…) as endpoint`: a server, and a model there."""

    def __init__(
        self,
        base_url: str,
        model: str,
        key_variable: str = "OPENAI_API_KEY",
        timeout: float = 600,
        largest: int = LARGEST,
    ) -> None:
        parts = urlsplit(base_url)
        require("@" not in parts.netloc, "base_url", "a URL with a password in it", "the key in the environment")
        good = parts.scheme in ("http", "https") and parts.hostname and not (parts.query or parts.fragment)
        self.where = f"{base_url.rstrip('/')}/chat/completions"
        require(bool(good) and _takes(self.where), "base_url", base_url, "one like http://localhost:8000/v1")
        self.model, self.timeout, self.largest = model, timeout, largest
        _check_proxies()
        self._key = key_from(key_variable)
        self._key_variable = key_variable

    async def __aenter__(self) -> "Endpoint":
        headers = {"Accept-Encoding": "identity"}  # what is compressed may be of any size
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        # How many are open at once is the asker's to say, and how long one may take is said below, for all of it.
        unlimited = httpx.Limits(max_connections=None, max_keepalive_connections=100)
        self._client = httpx.AsyncClient(headers=headers, timeout=None, limits=unlimited)
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._client.aclose()

    async def send(self, messages: Messages, sampling: dict[str, Any]) -> Reply:
        """One request, one sample: many servers ignore `n`."""
        body = {"model": self.model, "messages": messages, **sampling}
        try:
            async with asyncio.timeout(self.timeout), self._client.stream("POST", self.where, json=body) as response:
                said = await self._read(response)
                if response.status_code != 200:
                    self._fail(response, said)
        except TimeoutError:
            raise Again(f"no reply in {self.timeout:g} seconds", paid=True) from None
        except httpx.ConnectError as error:
            raise Again(f"no connection: {self._clean(error)}") from None
        except httpx.TransportError as error:
            raise Again(f"the connection was dropped: {self._clean(error)}", paid=True) from None
        return Reply(reply.HUGE) if len(said) > self.largest else self._without_key(reply.read(said))

    async def _read(self, response: httpx.Response) -> bytes:
        """The body, up to a byte more than the largest. What is compressed, though nobody asked for it, is no JSON."""
        said = bytearray()
        async for chunk in response.aiter_raw():
            said += chunk
            if len(said) > self.largest:
                break
        return bytes(said[: self.largest + 1])

    def _without_key(self, found: Reply) -> Reply:
        """Some servers say all that they were sent. A short one, as for servers that want any, may be a word."""
        if len(self._key) < LONG_KEY:
            return found
        text, model = (said.replace(self._key, "[key]") for said in (found.text, found.model))
        return found._replace(text=text, model=model)

    def _fail(self, response: httpx.Response, said: bytes) -> None:
        status, told = response.status_code, self._clean(said.decode(errors="replace"))
        if status >= 500 or status in PASSING:
            raise Again(f"status {status}: {told}", wait=retry_after(response.headers.get("Retry-After")))
        hint = ""
        if status in (401, 403):
            hint = f" (the key in {self._key_variable} is {'not accepted' if self._key else 'not set'})"
        raise (Refused if status in UNFIT else ValueError)(f"{self.where}: got status {status}{hint}: {told}")

    def _clean(self, said: object) -> str:
        """Short, on one line, and without the key, which some servers repeat."""
        text = str(said).replace(self._key, "[key]") if self._key else str(said)
        text = " ".join(text.split()) or ("nothing more" if isinstance(said, str) else type(said).__name__)
        return text if len(text) <= 300 else f"{text[:300]}..."


def _takes(url: str) -> bool:
    """Whether httpx can ask there at all; a port of -1 or 99999 it takes, and fails later."""
    try:
        port = httpx.URL(url).port
        return port is None or 0 < port < 1 << 16
    except httpx.InvalidURL:
        return False


def _check_proxies() -> None:
    """Those of the environment, as the client will use them."""
    for scheme, url in urllib.request.getproxies().items():
        if scheme in ("http", "https", "all"):
            got = "a URL that no client takes"  # it may have a password in it
            require(_takes(url), f"{scheme}_proxy in the environment", got, "one like http://localhost:8080")


def retry_after(value: str | None) -> float | None:
    """Seconds, which the header says as a number or as a date; None where it says neither."""
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = email.utils.parsedate_to_datetime(value).timestamp() - time.time()
        except (ValueError, OverflowError):
            return None
    return max(0.0, seconds) if seconds == seconds else None  # "nan" is a number too
