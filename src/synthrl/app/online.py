"""What comes of asking the Hub, as an error of one line."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any


@contextlib.contextmanager
def plainly(repo_id: str, known: tuple[type[Exception], ...] = ()) -> Iterator[None]:
    """What the Hub's client has to say, in a line; but for what is `known`, which whoever asks sees to."""
    import httpx
    from huggingface_hub.errors import (
        FileMetadataError,
        HfHubHTTPError,
        LocalEntryNotFoundError,
        LocalTokenNotFoundError,
    )

    # Its client takes for granted that a reply is JSON, and of which shape.
    strange = (json.JSONDecodeError, UnicodeDecodeError, RecursionError, AttributeError, TypeError, LookupError)

    try:
        yield
    except LocalTokenNotFoundError:
        raise ValueError("there is no token for the Hub: `hf auth login`, or set HF_TOKEN") from None
    except LocalEntryNotFoundError as error:
        cause = error.__cause__ or error
        if isinstance(cause, HfHubHTTPError):
            raise _in_a_line(cause, repo_id) from None
        raise (_strange if isinstance(cause, FileMetadataError) else _broken)(repo_id, cause) from None
    except known:
        raise
    except HfHubHTTPError as error:
        raise _in_a_line(error, repo_id) from None
    except strange as error:
        raise _strange(repo_id, error) from None
    except (httpx.HTTPError, httpx.InvalidURL, RuntimeError) as error:
        cause = error.__cause__ or error
        if isinstance(cause, HfHubHTTPError):
            raise _in_a_line(cause, repo_id) from None
        if isinstance(error, RuntimeError) and not isinstance(cause, httpx.HTTPError | OSError):
            raise
        raise _broken(repo_id, cause) from None


def _strange(repo_id: str, error: BaseException) -> ConnectionError:
    """Whatever was said is forgotten: a list of harnesses, which the client keeps for a day, would fail each later call."""
    from huggingface_hub import constants

    if kept := getattr(constants, "AGENT_HARNESSES_PATH", ""):  # older releases have none
        Path(kept).unlink(missing_ok=True)
    what = f"{constants.ENDPOINT} does not answer as the Hub does ({type(error).__name__}: {error})"
    return ConnectionError(f"{repo_id}: {what}: is there a proxy, or a page to sign in to?")


def _broken(repo_id: str, cause: BaseException) -> ConnectionError:
    if isinstance(cause, ConnectionError):  # as where HF_HUB_OFFLINE is set: it says so itself
        return ConnectionError(f"{repo_id}: {cause}")
    return ConnectionError(
        f"{repo_id}: the connection to the Hub broke ({type(cause).__name__}); the same command goes on from here"
    )


def _in_a_line(error: Any, repo_id: str) -> Exception:
    status = error.response.status_code
    said = error.server_message or str(error).strip().partition("\n")[0]
    if status == 401:
        return ValueError(f"the Hub does not know this token ({said}): `hf auth login`, or set HF_TOKEN")
    if status == 403:
        return ValueError(f"{repo_id}: this token may not write there ({said})")
    if status == 404:
        return ValueError(f"{repo_id}: the Hub has no such repository, or not for this token ({said})")
    return ConnectionError(f"{repo_id}: the Hub answers {status} ({said}); the same command goes on from here")
