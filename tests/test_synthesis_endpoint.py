"""Asking a model: a server on loopback answers by script, and does what servers do."""

import asyncio
import email.utils
import gzip
import json
import multiprocessing
import os
import signal
import sqlite3
import time
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("httpx", reason="endpoints need `pip install 'synthrl[synthesis]'`")

from synthrl.synthesis import Asker, Budget, Cache, Endpoint, OverBudget, Reply, Request, budget, endpoint, reply
from synthrl.synthesis import ask as ask_module
from synthrl.synthesis.cache import key_of
from synthrl.synthesis.endpoint import Refused

SAMPLING = {"temperature": 1.0, "max_tokens": 20}
ASK = [{"role": "user", "content": "Is it?"}]
KEY = "sk-very-secret-0123456789"


def chat(text):
    return [{"role": "user", "content": text}]


def requests(count, text="Is it?"):
    return [Request(chat(text), SAMPLING, sample) for sample in range(count)]


def ask(url, path, wanted, caps=None, prices=(0, 0), **options):
    """All replies, and the asker, as one process would get them."""
    engine = Endpoint(url, "toy", **{k: options.pop(k) for k in ("timeout", "largest") if k in options})

    async def all_of_them(asker):
        async with engine:
            await asker.all(wanted)

    with Cache(path) as cache:
        asker = Asker(engine, "toy", cache, Budget(caps, prices), **{"pause": 0.01, **options})
        try:
            asyncio.run(all_of_them(asker))
        finally:
            asker.stored = [cache.replies(asker.key(one), one.sample + 1)[-1:] for one in wanted]
        return asker


def replies(asker):
    return [one for found in asker.stored for one in found]


# what a server may send


def message(content="yes", finish="stop", **more):
    return json.dumps({"choices": [{"message": {"content": content}, "finish_reason": finish}], **more}).encode()


@pytest.mark.parametrize(
    ("body", "status", "text"),
    [
        (message(), "ok", "yes"),
        (message(finish="length"), "cut", "yes"),  # judged as it stands
        (message(""), "empty", ""),
        (message(" \n"), "empty", " \n"),
        (message(None), "empty", ""),  # a refusal, or thinking that never came to an end
        (message([{"type": "text", "text": "y"}, {"type": "text", "text": "es"}]), "ok", "yes"),
        (message([{"type": "image"}, 3]), "empty", ""),
        (message(7), "malformed", ""),
        (message({"text": "yes"}), "malformed", ""),
        (b"", "malformed", ""),
        (b"<html>", "malformed", ""),
        (message()[:-3], "malformed", ""),
        (b"[]", "malformed", ""),
        (b"null", "malformed", ""),
        (b'{"choices": []}', "malformed", ""),
        (b'{"choices": [{"message": "yes"}]}', "malformed", ""),
        (b'{"choices": [{"text": "yes"}]}', "malformed", ""),  # the older protocol
        (b'{"choices": {"0": 1}}', "malformed", ""),
        (b"[" * 100_000, "malformed", ""),  # deeper than Python goes
        (b'{"n": ' + b"9" * 5000 + b"}", "malformed", ""),
        (b"\xff\xfe\x00", "malformed", ""),
        (message("\ud83d!"), "ok", "?!"),  # half a character, which no file takes
    ],
)
def test_a_reply_is_data(body, status, text):
    found = reply.read(body)
    assert (found.status, found.text) == (status, text)


@pytest.mark.parametrize(
    ("usage", "tokens"),
    [
        ({"prompt_tokens": 4, "completion_tokens": 2}, (4, 2)),
        (None, (None, None)),
        ("many", (None, None)),
        ({"prompt_tokens": -4, "completion_tokens": 1e300}, (None, None)),
        ({"prompt_tokens": "4", "completion_tokens": True}, (None, None)),
        ({"prompt_tokens": 10**30}, (None, None)),
    ],
)
def test_tokens_are_believed_where_they_can_be(usage, tokens):
    found = reply.read(message(usage=usage))
    assert (found.status, found.tokens_in, found.tokens_out) == ("ok", *tokens)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(json_values, json_values, json_values, json_values)
def test_no_reply_raises_and_each_can_be_stored(content, finish, usage, model):
    body = {"choices": [{"message": {"content": content}, "finish_reason": finish}], "usage": usage, "model": model}
    found = reply.read(json.dumps(body).encode())
    assert found.status in (*reply.SAID, reply.MALFORMED)
    assert Reply(*json.loads(json.dumps(found))) == found
    (found.text + found.model).encode()  # as a file wants it


@given(st.binary())
def test_no_bytes_raise(body):
    assert reply.read(body).status in (*reply.SAID, reply.MALFORMED)


# the way there and back


def test_one_request_for_each_sample_and_what_it_says(server, tmp_path):
    asker = ask(server.url, tmp_path / "c", requests(5))
    assert len(server.bodies) == 5
    assert all(body == {"model": "toy", "messages": ASK, **SAMPLING} for body in server.bodies)
    assert replies(asker) == [Reply("ok", "<answer>yes</answer>", 40, 10, "toy@fp1")] * 5
    assert "Authorization" not in server.headers[0]


@pytest.mark.parametrize(
    ("bad", "tries"),
    [
        ({"status": 500, "what": b"oops"}, 2),
        ({"status": 503}, 2),
        ({"status": 429}, 2),
        ({"status": 408}, 2),
        ({"drop": True}, 2),
        ({"after": 0.6}, 2),  # longer than the time allowed
        ({"what": b"{"}, 1),  # paid for, and no better another time
        ({"what": ""}, 1),
    ],
)
def test_what_may_go_better_is_tried_again(bad, tries, server, say, tmp_path):
    server.script = lambda number, body: say(**bad) if number == 0 else say()
    asker = ask(server.url, tmp_path / "c", requests(1), timeout=0.3)
    assert len(server.bodies) == tries
    assert (replies(asker)[0].status == "ok") == (tries == 2)


def test_unusable_replies_end_nothing_and_are_not_asked_for_again(server, say, tmp_path):
    bad = {1: b"\x00", 2: "", 3: "x" * 50_000, 5: b"[1, 2"}
    server.script = lambda number, body: say(bad.get(int(body["messages"][0]["content"]), "yes"))
    wanted = [Request(chat(str(number)), SAMPLING) for number in range(7)]
    for _ in range(2):
        asker = ask(server.url, tmp_path / "c", wanted, largest=10_000)
        found = [one.status for one in replies(asker)]
        assert found == ["ok", "malformed", "empty", "huge", "ok", "malformed", "ok"]
    assert len(server.bodies) == 7


def test_no_more_of_a_huge_reply_is_read_than_is_needed(server, say, tmp_path):
    server.script = lambda number, body: say(
        b"x" * 20_000, headers={"Content-Length": "999999999"}
    )  # and no more comes
    asker = ask(server.url, tmp_path / "c", requests(1), largest=10_000, timeout=2)
    assert replies(asker) == [Reply("huge")] and len(server.bodies) == 1


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_a_wait_that_the_server_asks_for_is_kept_by_all(form, server, say, tmp_path):
    def busy(number, body):
        value = "1" if form == "seconds" else email.utils.formatdate(time.time() + 2, usegmt=True)
        return say(status=429, headers={"Retry-After": value}) if number == 0 else say(after=0.1)

    server.script = busy
    ask(server.url, tmp_path / "c", requests(6), at_once=2)
    refused = server.times[0]
    early = [sent for sent in server.times[2:] if sent - refused < 0.9]  # the second was under way
    assert len(server.bodies) == 7 and not early


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("3", 3.0),
        ("0.5", 0.5),
        ("-1", 0.0),
        ("soon", None),
        ("", None),
        (None, None),
        ("nan", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),  # over
        ("Wed, 99 Oct 2015 07:28:00 GMT", None),
    ],
)
def test_retry_after(header, seconds):
    assert endpoint.retry_after(header) == seconds


@pytest.mark.parametrize(("wait", "said"), [("60", 0), ("90", 1)])
def test_a_long_wait_is_told_once(wait, said, server, say, tmp_path, monkeypatch, capsys):
    now, clock, sleep = [0.0], ask_module._now, asyncio.sleep
    monkeypatch.setattr(ask_module, "_now", lambda: clock() + now[0])

    async def pass_by(seconds):
        now[0] += seconds
        await sleep(0)

    server.script = lambda number, body: (
        say(b"later", status=429, headers={"Retry-After": wait}) if number < 2 else say()
    )
    monkeypatch.setattr(asyncio, "sleep", pass_by)
    ask(server.url, tmp_path / "c", requests(1))
    line = f"synthrl: toy: {server.url}/chat/completions asks to wait 90 seconds: status 429: later\n"
    assert len(server.bodies) == 3 and capsys.readouterr().err == line * said


def test_pauses_grow_and_are_not_alike(server, say, tmp_path, monkeypatch):
    slept, sleep = [], asyncio.sleep

    async def note(seconds):
        slept.extend([seconds] if seconds else [])
        await sleep(0)

    server.script = lambda number, body: say(status=500)
    monkeypatch.setattr(asyncio, "sleep", note)
    for _ in range(2):
        with pytest.raises(ConnectionError, match="gave up after 3 tries: status 500"):
            ask(server.url, tmp_path / "c", requests(1), pause=10)
    first, second, third, fourth = slept
    assert 5 <= first <= 15 and 10 <= second <= 30 and first != third and second != fourth


def test_a_server_that_answered_is_given_more_tries(server, say, tmp_path):
    server.script = lambda number, body: say() if number in (0, 7) else say(status=500)
    asker = ask(server.url, tmp_path / "c", requests(2), at_once=1)
    assert len(server.bodies) == 8 and len(replies(asker)) == 2


def test_no_server(tmp_path):
    with pytest.raises(ConnectionError, match="gave up after 3 tries: no connection"):
        ask("http://127.0.0.1:9/v1", tmp_path / "c", requests(4))


def test_a_wait_of_days_is_told(server, say, tmp_path):
    server.script = lambda number, body: say(status=429, headers={"Retry-After": "86400"})
    with pytest.raises(ConnectionError, match="asked to wait 86,400 seconds"):
        ask(server.url, tmp_path / "c", requests(1))


def test_no_more_at_once_than_said(server, say, tmp_path):
    server.script = lambda number, body: say(after=0.05)
    ask(server.url, tmp_path / "c", requests(12), at_once=3)
    assert server.peak == 3


def test_nor_where_all_are_asked_for_one_by_one(server, say, tmp_path):
    server.script = lambda number, body: say(after=0.05)
    engine = Endpoint(server.url, "toy")

    async def go(asker):
        async with engine:
            return await asyncio.gather(*map(asker.ask, requests(12)))

    with Cache(tmp_path / "c") as cache:
        assert len(asyncio.run(go(Asker(engine, "toy", cache, at_once=3)))) == 12
    assert server.peak == 3


def test_memory_is_flat_as_requests_are_taken_when_they_can_be_sent(server, tmp_path):
    taken = []

    def endless():
        for request in requests(60):
            taken.append((len(server.bodies), request))
            yield request

    engine = Endpoint(server.url, "toy")

    async def go(asker):
        async with engine:
            await asker.all(endless())

    with Cache(tmp_path / "c") as cache:
        asyncio.run(go(Asker(engine, "toy", cache, at_once=4)))
    assert max(number - sent for number, (sent, _) in enumerate(taken)) <= 8


# refusals, and the key


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 422])
def test_what_no_second_try_helps_is_one_line_without_the_key(status, server, say, tmp_path, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", f" {KEY}\n")
    server.script = lambda number, body: say({"error": f"Incorrect key {KEY}\nprovided"}, status=status)
    with pytest.raises(ValueError) as error:
        ask(server.url, tmp_path / "c", requests(1))
    text = str(error.value)
    assert f"status {status}" in text and "[key]" in text and "\n" not in text and KEY not in text
    assert ("not accepted" in text) == (status in (401, 403))
    assert server.headers[0]["Authorization"] == f"Bearer {KEY}" and len(server.bodies) == 1


def refuse_some(server, say, refused):
    """Each request is named by its text; those in `refused` are not taken."""
    said = Counter()

    def script(number, body):
        text = body["messages"][0]["content"]
        said[text] += 1
        return say({"error": "too long"}, status=400) if text in refused else say(after=0.02)

    server.script = script
    return said


def test_what_is_refused_is_asked_once_stored_nowhere_and_given_back_with_the_reason(server, say, tmp_path):
    said = refuse_some(server, say, {"b"})
    wanted = [*requests(2, "a"), *requests(9, "b"), *requests(2, "c")]
    asker = ask(server.url, tmp_path / "c", wanted, at_once=1)
    assert said == {"a": 2, "b": 1, "c": 2} and len(replies(asker)) == 4
    (refused,) = asker.refused.values()
    assert refused == Reply("refused", f'{server.url}/chat/completions: got status 400: {{"error": "too long"}}')
    with Cache(tmp_path / "c") as cache:
        assert cache.claim(asker.key(wanted[2]), 0) is True  # nobody has it
    refuse_some(server, say, {})
    assert len(replies(ask(server.url, tmp_path / "c", wanted))) == 13


def test_each_sample_of_what_is_refused_is_told(server, say, tmp_path):
    refuse_some(server, say, {"b"})
    told = []
    ask(server.url, tmp_path / "c", [*requests(1, "a"), *requests(3, "b")], at_once=1, told=told.append)
    assert [reply.status for reply in told] == ["ok", "refused", "refused", "refused"]


@pytest.mark.parametrize(
    ("first", "sent"),
    [
        ("bbbbb", 1),  # one request, as often as it is wanted: at its end nothing was answered
        ("bcdefg", 3),
        ("bcaefgh", 7),  # the third is answered, so those before it were refused for themselves
        ("abcdefg", 7),
    ],
)
def test_the_first_that_are_all_refused_end_it(first, sent, server, say, tmp_path):
    said = refuse_some(server, say, set("bcdefgh"))
    wanted = [Request(chat(text), SAMPLING, number) for number, text in enumerate(first)]
    if "a" in first:
        assert len(ask(server.url, tmp_path / "c", wanted, at_once=1).refused) == len(first) - 1
    else:
        with pytest.raises(Refused, match="status 400"):
            ask(server.url, tmp_path / "c", wanted, at_once=1)
    assert said.total() == sent


def test_after_a_reply_that_was_stored_a_refusal_is_of_one_request(server, say, tmp_path):
    ask(server.url, tmp_path / "c", requests(1, "a"))
    refuse_some(server, say, set("bcdef"))
    wanted = [Request(chat(text), SAMPLING) for text in "abcdef"]
    assert len(ask(server.url, tmp_path / "c", wanted, at_once=1).refused) == 5


PAGE = b"<html>Not the page you are looking for</html>"


@pytest.mark.parametrize(
    ("first", "sent"),
    [
        ("bcdefgh", 7),  # too few to say that it is the address
        ("bcdefghij", 8),
        ("bbbbbbbbb", 9),  # one request may be such that no reply can be made of it
        ("abcdefghij", 10),
        ("bcdefghaij", 10),  # the last before it ends is answered
    ],
)
def test_a_server_that_sends_no_completions_ends_it_and_its_replies_are_not_kept(first, sent, server, say, tmp_path):
    server.script = lambda number, body: "yes" if body["messages"] == chat("a") else say(PAGE)
    wanted = [Request(chat(text), SAMPLING, number) for number, text in enumerate(first)]
    if sent < len(first):
        with pytest.raises(
            ValueError, match=f"^{server.url}/chat/completions: got 8 replies that are no chat completions"
        ):
            ask(server.url, tmp_path / "c", wanted, at_once=1)
    else:
        ask(server.url, tmp_path / "c", wanted, at_once=1)
    assert len(server.bodies) == sent
    server.script = lambda number, body: "yes"
    ask(server.url, tmp_path / "c", wanted)
    assert len(server.bodies) == sent + (len(first) if sent < len(first) else 0)


@pytest.mark.parametrize(("stored", "ends"), [("yes", False), (PAGE, True)])
def test_after_a_usable_reply_that_was_stored_malformed_ones_are_counted(stored, ends, server, say, tmp_path):
    server.script = lambda number, body: say(stored)
    ask(server.url, tmp_path / "c", requests(1, "a"))
    server.script = lambda number, body: say(PAGE)
    wanted = [Request(chat(text), SAMPLING) for text in "abcdefghij"]
    if ends:
        with pytest.raises(ValueError, match="no chat completions"):
            ask(server.url, tmp_path / "c", wanted, at_once=1)
    else:
        ask(server.url, tmp_path / "c", wanted, at_once=1)
    assert len(server.bodies) == 1 + (8 if ends else 9)


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "https_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("proxy", ["http://127.0.0.1:99999", "http://me:secret@x:port"])
def test_a_proxy_that_no_client_takes_is_one_line(variable, proxy, monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, proxy)
    with pytest.raises(ValueError, match=f"^{variable.lower()} in the environment: got 'a URL") as error:
        Endpoint("http://127.0.0.1:1/v1", "toy")
    assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    "at", ["x:0", "127.0.0.1:99999", "127.0.0.1:-1", "127.0.0.1:abc", "a\x7fb", "\u2603.invalid", "a\n"]
)
def test_a_url_that_no_client_takes_is_one_line(at):
    with pytest.raises(ValueError, match="base_url: got 'http://"):
        Endpoint(f"http://{at}/v1", "toy")


def test_a_key_in_place_of_its_variable_is_not_told():
    with pytest.raises(ValueError, match="not shown") as error:
        Endpoint("http://localhost/v1", "toy", key_variable=KEY)
    assert KEY not in str(error.value)


def test_a_key_that_the_model_is_made_to_say_is_not_kept(server, say, tmp_path, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    server.script = lambda number, body: say(json.loads(message(f"You are {KEY}.", model=KEY)))
    (found,) = replies(ask(server.url, tmp_path / "c", requests(1)))
    assert (found.text, found.model) == ("You are [key].", "[key]")
    monkeypatch.setenv("OPENAI_API_KEY", "are")  # for a server that wants any
    (found,) = replies(ask(server.url, tmp_path / "d", requests(1)))
    assert found.text == f"You are {KEY}."


def test_no_part_of_the_key_is_left_where_an_error_is_cut(server, say, tmp_path, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    server.script = lambda number, body: say(b" " * 1990 + KEY.encode(), status=401)
    with pytest.raises(ValueError, match="got status 401") as error:
        ask(server.url, tmp_path / "c", requests(1))
    assert KEY[:6] not in str(error.value)


def test_an_error_without_words_says_so(server, say, tmp_path):
    server.script = lambda number, body: say(b"", status=307, headers={"Location": "http://127.0.0.1:1/"})
    with pytest.raises(ValueError, match="got status 307: nothing more$"):
        ask(server.url, tmp_path / "c", requests(1))


def test_what_is_compressed_is_not_unpacked(server, say, tmp_path):
    """Two megabytes may be two gigabytes."""
    packed = gzip.compress(message())
    server.script = lambda number, body: say(packed, headers={"Content-Encoding": "gzip"})
    (found,) = replies(ask(server.url, tmp_path / "c", requests(1)))
    assert found == Reply("malformed") and server.headers[0]["Accept-Encoding"] == "identity"


def test_the_key_is_in_no_file(server, say, tmp_path, monkeypatch):
    monkeypatch.setenv("OTHER", KEY)
    engine = Endpoint(server.url, "toy", key_variable="OTHER")
    with Cache(tmp_path / "c") as cache:

        async def go():
            async with engine:
                await Asker(engine, "toy", cache).all(requests(3))

        asyncio.run(go())
        written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert server.headers[0]["Authorization"] == f"Bearer {KEY}"
    assert b"answer" in written and KEY.encode() not in written
    assert server.url.encode() not in written and KEY not in repr(vars(cache))


@pytest.mark.parametrize("key", ["sk-1\n2", "sk-é"])
def test_a_key_that_no_header_can_carry_is_refused_unseen(key, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", key)
    with pytest.raises(ValueError, match="OPENAI_API_KEY") as error:
        Endpoint("http://localhost/v1", "toy")
    assert key not in str(error.value) and repr(key)[1:-1] not in str(error.value)


@pytest.mark.parametrize(
    "url", ["localhost:8000", "ftp://x/v1", "http://", "http://me:secret@x/v1", "http://x/v1?k=1", ""]
)
def test_a_url_that_is_none_is_refused(url):
    with pytest.raises(ValueError, match="base_url: got") as error:
        Endpoint(url, "toy")
    assert "secret" not in str(error.value)


# the cache


def test_the_key_is_of_what_is_asked_and_nothing_else():
    one = key_of("toy", ASK, {"a": 1, "b": 2})
    assert one == key_of("toy", [{"content": "Is it?", "role": "user"}], {"b": 2, "a": 1})
    assert (
        len(
            {
                one,
                key_of("toy2", ASK, {"a": 1, "b": 2}),
                key_of("toy", chat("x"), {"a": 1, "b": 2}),
                key_of("toy", ASK, {"a": 1}),
            }
        )
        == 4
    )


def test_more_samples_pay_only_for_the_new_ones(server, tmp_path):
    ask(server.url, tmp_path / "c", requests(3))
    ask(server.url, tmp_path / "c", requests(8))
    assert len(server.bodies) == 8


def test_what_failed_is_not_stored(server, say, tmp_path):
    server.script = lambda number, body: say(status=400) if number == 0 else say()
    with pytest.raises(ValueError):
        ask(server.url, tmp_path / "c", requests(1))
    with Cache(tmp_path / "c") as cache:
        assert cache.lost == 0  # told and over, so not in flight
    assert replies(ask(server.url, tmp_path / "c", requests(1)))[0].status == "ok"


def claim_and_die(path):
    cache = Cache(path)
    assert cache.claim("key", 0) is True and cache.claim("key", 1) is True
    cache.store("key", 1, Reply("ok", "kept"))
    os.kill(os.getpid(), signal.SIGKILL)


def test_what_was_in_flight_when_killed_is_counted_once_and_what_was_stored_is_kept(tmp_path):
    path = tmp_path / "c"
    process = multiprocessing.get_context("spawn").Process(target=claim_and_die, args=(path,))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    with Cache(path) as first, Cache(path) as second:
        assert (first.lost, second.lost) == (1, 0)
        assert second.claim("key", 1) == Reply("ok", "kept")
        assert second.claim("key", 0) is True
    assert not list(tmp_path.glob("*.alive"))


def open_and_die(path):
    Cache(path)
    os.kill(os.getpid(), signal.SIGKILL)


def test_the_sign_of_a_killed_process_that_asked_nothing_is_cleared(tmp_path):
    other = tmp_path / "c.mine.alive"  # of whom, we do not know
    other.touch()
    with Cache(tmp_path / "c"):
        process = multiprocessing.get_context("spawn").Process(target=open_and_die, args=(tmp_path / "c",))
        process.start()
        process.join()
        assert len(list(tmp_path.glob("*.alive"))) == 3
        with Cache(tmp_path / "c"):
            assert len(list(tmp_path.glob("*.alive"))) == 3  # both that live have theirs
    assert list(tmp_path.glob("*.alive")) == [other]


def open_and_claim(path, start, number):
    start.wait()
    for turn in range(20):
        with Cache(path) as cache:
            assert cache.claim("mine", number * 100 + turn) is True
            assert os.path.exists(cache._sign(cache._owner)) and cache.lost == 0
            cache.release("mine", number * 100 + turn)


def test_those_that_open_it_together_take_no_sign_of_each_other(tmp_path):
    spawn = multiprocessing.get_context("spawn")
    start = spawn.Barrier(3)
    processes = [spawn.Process(target=open_and_claim, args=(tmp_path / "c", start, number)) for number in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]


def test_one_asks_while_another_waits_and_a_place_let_go_is_free(tmp_path):
    with Cache(tmp_path / "c") as mine:
        assert mine.claim("key", 0) is True
        with Cache(tmp_path / "c") as other:
            assert other.lost == 0  # it is in flight, and nobody was killed
            assert other.claim("key", 0) is False and mine.claim("key", 0) is False
            other.release("key", 0)  # not its own
            assert other.claim("key", 0) is False
            mine.release("key", 0)
            assert other.claim("key", 0) is True
        assert mine.claim("key", 0) is True  # the other has ended and stored nothing
        mine.store("key", 0, Reply("ok", "here"))
        mine.release("key", 0)  # what is stored stays
        assert mine.claim("key", 0) == Reply("ok", "here")


def share(url, path):
    ask(url, path, requests(20), at_once=4)


def test_two_processes_on_one_cache_pay_once(server, say, tmp_path):
    server.script = lambda number, body: say(after=0.05)
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=share, args=(server.url, tmp_path / "c")) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0]
    assert len(server.bodies) == 20


def test_the_same_asked_twice_in_one_process_pays_once(server, say, tmp_path):
    server.script = lambda number, body: say(after=0.05)
    ask(server.url, tmp_path / "c", requests(3) + requests(3), at_once=6)
    assert len(server.bodies) == 3


def test_a_file_that_is_no_cache_is_one_line(tmp_path):
    (tmp_path / "text").write_text("no database, but long enough to look like a file of one" * 20)
    with pytest.raises(ValueError, match="cache: got .*text"):
        Cache(tmp_path / "text")
    other = sqlite3.connect(tmp_path / "newer")
    other.execute("PRAGMA user_version=99")
    other.close()
    with pytest.raises(ValueError, match="version 99"):
        Cache(tmp_path / "newer")
    assert not list(tmp_path.glob("*.alive"))


def test_a_file_of_another_program_is_left_alone(tmp_path):
    with sqlite3.connect(tmp_path / "theirs") as theirs:
        theirs.execute("CREATE TABLE bookmarks (url TEXT)")
    before = (tmp_path / "theirs").read_bytes()[20:]  # but for SQLite's own mark of how it is read
    with pytest.raises(ValueError, match="some other program's"):
        Cache(tmp_path / "theirs")
    assert (tmp_path / "theirs").read_bytes()[100:] == before[80:]


def test_a_full_disk_is_one_line(tmp_path):
    with Cache(tmp_path / "c") as cache:
        cache._db.execute(f"PRAGMA max_page_count={cache._db.execute('PRAGMA page_count').fetchone()[0]}")
        assert cache.claim("key", 0) is True
        with pytest.raises(OSError, match="can be used no more: database or disk is full"):
            cache.store("key", 0, Reply("ok", "x" * 100_000))
        cache.release("key", 0)
        assert cache.claim("key", 0) is True  # no transaction was left open


@pytest.mark.parametrize("stored", ["{", "[]", "3"])
def test_a_stored_reply_that_was_broken_is_one_line(stored, tmp_path):
    with Cache(tmp_path / "c") as cache:
        cache._db.execute("REPLACE INTO replies VALUES ('key', 0, 'owner', ?)", (stored,))
        for read in (lambda: cache.claim("key", 0), lambda: cache.replies("key", 1)):
            with pytest.raises(OSError, match="cannot be read"):
                read()
        assert cache.claim("key", 1) is True


# the budget


@pytest.mark.parametrize(
    ("caps", "prices", "sent"),
    [
        ({"requests": 7}, (0, 0), 7),
        ({"requests": 0}, (0, 0), 0),
        ({"tokens": 260}, (0, 0), 4),  # 50 each, and a fifth may take 62
        ({"dollars": 0.0005}, (1.0, 6.0), 4),  # 100 millionths each, and a fifth may take 162
        ({"requests": 100, "tokens": 70}, (0, 0), 1),
    ],
)
def test_the_cap_is_never_passed_and_what_is_finished_is_kept(caps, prices, sent, server, say, tmp_path):
    server.script = lambda number, body: say(after=0.02)
    for at_once in (1, 8):
        path = tmp_path / f"c{at_once}"
        server.bodies.clear()
        with pytest.raises(OverBudget, match="^budget: .* are used, and the next request may take"):
            ask(server.url, path, requests(20), caps, prices, at_once=at_once)
        used = budget.Cost(len(server.bodies), 50 * len(server.bodies), 100e-6 * len(server.bodies))
        assert all(getattr(used, name) <= cap for name, cap in caps.items())
        assert len(server.bodies) >= sent
        with Cache(path) as cache:
            assert len(cache.stored(key_of("toy", ASK, SAMPLING))) == len(server.bodies)


def test_stored_replies_cost_nothing(server, tmp_path):
    ask(server.url, tmp_path / "c", requests(5))
    assert ask(server.url, tmp_path / "c", requests(5), {"requests": 0}).budget.spent == budget.Cost()


@pytest.mark.parametrize(
    ("bad", "tokens"),
    [
        ({"status": 500}, 50),  # not paid: only the second try
        ({"drop": True}, 50 + 62),  # perhaps paid: the most it can have cost
    ],
)
def test_a_try_that_failed_costs_what_it_may_have_cost(bad, tokens, server, say, tmp_path):
    server.script = lambda number, body: say(**bad) if number == 0 else say()
    spent = ask(server.url, tmp_path / "c", requests(1)).budget.spent
    assert (spent.requests, spent.tokens) == (2, tokens)


def test_a_server_that_counts_no_tokens_costs_the_most(server, say, tmp_path):
    server.script = lambda number, body: say(json.loads(message()))
    assert ask(server.url, tmp_path / "c", requests(1)).budget.spent == Budget().worst(ASK, SAMPLING)


@given(st.lists(st.tuples(st.integers(1, 40), st.floats(0, 1)), max_size=30), st.integers(0, 200), st.integers(1, 8))
def test_whatever_is_asked_the_cap_holds_and_nothing_waits_forever(asked, cap, at_once):
    async def go():
        limit = Budget({"tokens": cap})
        slots = asyncio.Semaphore(at_once)

        async def one(most, share):
            async with slots:
                worst = limit.cost(0, most)
                try:
                    await limit.reserve(worst)
                except OverBudget:
                    return False
                await asyncio.sleep(0)
                assert limit.spent.plus(limit._held).tokens <= cap
                limit.settle(worst, limit.cost(0, int(most * share)))
                return True

        done = await asyncio.wait_for(asyncio.gather(*(one(*each) for each in asked)), 5)
        assert limit.spent.tokens <= cap and limit._held == budget.Cost()
        assert all(done) or sum(most for most, _ in asked) > cap

    asyncio.run(go())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("dolars=5", "did you mean 'dollars'"),
        ("dollars=-1", "0 or more"),
        ("dollars=nan", "0 or more"),
        ("tokens", "0 or more"),
        ("5", "requests, tokens, dollars"),
    ],
)
def test_a_cap_that_is_none_is_refused(text, said):
    with pytest.raises(ValueError, match=said):
        budget.read_caps(text)


@pytest.mark.parametrize("text", ["1", "1,2,3", "a,b", "-1,2", "inf,1"])
def test_prices_that_are_none_are_refused(text):
    with pytest.raises(ValueError, match="--prices"):
        budget.read_prices(text)


def test_a_cap_needs_what_it_is_counted_by():
    with pytest.raises(ValueError, match="--prices"):
        Budget({"dollars": 5})
    with pytest.raises(ValueError, match="max_tokens"):
        Budget({"tokens": 5}).worst(ASK, {})
    assert Budget({"requests": 5}).worst(ASK, {}).requests == 1


@given(st.text(), st.integers(0, 2**20))
def test_no_tokenizer_makes_more_tokens_than_bytes(text, most):
    assert Budget().worst(chat(text), {"max_tokens": most}).tokens >= len(text.encode("utf-8", "replace")) + most
