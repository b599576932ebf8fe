"""Names: invented, told apart, and the same everywhere."""

import importlib
import pkgutil

import faker
import faker.providers.address
import faker.providers.company
import faker.providers.person
import pytest

from synthrl import fiction
from synthrl.seeding import Scramble, Stream


def _words(value):
    if isinstance(value, str):
        yield from value.lower().replace("-", " ").split()
    elif isinstance(value, list | tuple | set | dict):
        for item in value:
            yield from _words(item)


def _real_names() -> set[str]:
    """Every word in every locale's people, places and firms that Faker knows."""
    real = set()
    for package in (faker.providers.person, faker.providers.address, faker.providers.company):
        for module in pkgutil.iter_modules(package.__path__):
            provider = importlib.import_module(f"{package.__name__}.{module.name}").Provider
            for value in vars(provider).values():
                if isinstance(value, list | tuple | dict):
                    real.update(_words(value))
    return real


@pytest.mark.slow
def test_no_token_is_a_name_that_anyone_bears():
    real = _real_names()
    assert len(real) > 50_000  # the look-up found something to look in
    for kind in fiction.ENDINGS:
        for shelf in range(fiction.SHELVES):
            mint = fiction.Mint.of(0, shelf)
            borne = [token for n in range(1 << 16) if (token := mint.token(kind, n)).lower() in real]
            assert not borne, f"{kind}: {borne}"


@pytest.mark.parametrize("bits", [1, 5, 8, 13, 16])
def test_scramble_meets_every_number_once(bits):
    assert sorted(map(Scramble(bits, "key"), range(1 << bits))) == list(range(1 << bits))


def test_tokens_of_one_shelf_stand_on_no_other():
    tokens = [
        {fiction.Mint.of(3, shelf).token(kind, n) for n in range(0, 1 << 16, 7) for kind in fiction.ENDINGS}
        for shelf in range(4)
    ]
    for i, one in enumerate(tokens):
        for other in tokens[i + 1 :]:
            assert one.isdisjoint(other)


@pytest.mark.parametrize("shelf", range(fiction.SHELVES))
def test_no_two_people_firms_or_books_share_a_name(shelf):
    mint = fiction.Mint.of(11, shelf)
    blocks = [0, 1, 2, 3, 500, fiction.BLOCKS - 1]
    people = [mint.person(b, f, m) for b in blocks for f in range(fiction.FAMILIES) for m in range(fiction.MEMBERS)]
    firms = [mint.firm("company", b, n, 0) for b in blocks for n in range(fiction.FIRMS)]
    books = [mint.title(b, n) for b in blocks for n in range(fiction.TITLES)]
    for names in (people, firms, books):
        assert len(set(names)) == len(names)


def test_a_family_shares_its_surname_and_neighbouring_firms_a_token():
    mint = fiction.Mint.of(0, 0)
    assert len({mint.person(9, 2, m).split()[1] for m in range(fiction.MEMBERS)}) == 1
    assert mint.firm("company", 9, 4, 0).split()[0] == mint.firm("company", 9, 5, 0).split()[0]


def test_faker_provider_is_seeded_by_faker():
    def names(seed):
        fake = faker.Faker()
        fake.add_provider(fiction.FictionProvider)
        fake.seed_instance(seed)
        return [fake.fiction_person(), fake.fiction_city(), fake.fiction_company(), fake.fiction_work()]

    assert names(1) == names(1) != names(2)


def test_streams_with_different_keys_have_nothing_in_common():
    draws = {
        key: tuple(Stream(*key).below(1000) for _ in range(20))
        for key in [(1,), ("1",), (2,), (1, 2), ((1, 2),), ("a", 1)]
    }
    assert len(set(draws.values())) == len(draws)


@pytest.mark.parametrize("k", [0, 1, 3, 9])
def test_sample_takes_each_item_once(k):
    taken = Stream("sample", k).sample(range(5), k)
    assert len(taken) == len(set(taken)) == min(k, 5)
