"""Settings: the places that a row speaks of, what they have, and the words for it.

A quantity is told as "{place} {verb} {number} {object} {tail}": "Ada Lok's bakery puts 12 rye loaves on each tray".
All verbs are one word, and lose an s in the question.
"""

from functools import cache
from typing import NamedTuple


class Setting(NamedTuple):
    place: str
    stock: str  # the verbs: what it has …
    gone: str  # … what of it goes …
    left: str  # … and what stays
    box: str
    boxes: str
    into: str  # the preposition before the box
    coin: str
    daily: bool  # whether it has its stock day by day
    collective: str  # what all its goods are
    goods: tuple[str, ...]  # counted one by one
    unit: str  # what the rest is measured in, fractions of it too
    bulk: tuple[str, ...]


class Words(NamedTuple):
    """How a quantity is told."""

    verb: str
    object: str
    tail: str  # with the space before it


def words(setting: Setting, aspect: str, item: str, bare: str) -> Words:
    """`item`: "kilograms of rye bread"; `bare`: "rye bread". Of what is counted, both are the same."""
    s = setting
    if aspect in ("stock", "gone", "left"):
        return Words(getattr(s, aspect), item, "")
    if aspect == "daily":
        return Words(s.stock, item, " each day")
    if aspect == "days":
        return Words("spends", "days", f" on {bare}")
    if aspect == "boxes":
        return Words("fills", s.boxes, f" with {bare}")
    if aspect == "per box":
        return Words("puts", item, f" {s.into} each {s.box}")
    if aspect == "price":
        one = f"of its {item}" if item == bare else item.replace("s of ", " of ", 1)  # "kilogram of rye bread"
        return Words("charges", s.coin, f" for each {one}")
    if aspect == "takings":
        return Words("earns", s.coin, f" from {bare}")
    return Words(s.stock, s.collective, " in all")


_OF_GOODS = ("stock", "gone", "left", "daily", "days", "boxes", "per box", "price", "takings")


class Vocabulary(NamedTuple):
    goods: tuple[str, ...]
    bare: tuple[str, ...]
    words: dict[str, list[Words]]  # of each aspect of each of the goods; for all of them together those at -1


@cache
def vocabulary(setting: Setting, bulk: bool) -> Vocabulary:
    bare = setting.bulk if bulk else setting.goods
    goods = tuple([f"{setting.unit} of {item}" for item in bare]) if bulk else bare
    items = list(zip(goods, bare, strict=True))
    told = {aspect: [words(setting, aspect, item, plain) for item, plain in items] for aspect in _OF_GOODS}
    return Vocabulary(goods, bare, {**told, "all": [words(setting, "all", "", "")]})


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split(", "))


SETTINGS = (
    Setting(
        "bakery", "bakes", "sells", "keeps", "tray", "trays", "on", "pence", True, "baked goods",
        _split("rye loaves, seed rolls, plum cakes, cheese pies, almond tarts, ginger biscuits, poppy buns, onion flatbreads"),
        "kilograms", _split("rye bread, white bread, fruit cake, shortbread, gingerbread, nut cake, pastry, crispbread"),
    ),
    Setting(
        "stall", "stocks", "sells", "keeps", "chest", "chests", "in", "coins", False, "wares",
        _split("clay pots, wool scarves, wax candles, tin whistles, leather belts, straw hats, glass beads, brass bells"),
        "metres", _split("ribbon, rope, lace, linen, wool cloth, twine, velvet, sailcloth"),
    ),
    Setting(
        "library", "holds", "lends", "keeps", "shelf", "shelves", "on", "cents", False, "volumes",
        _split("atlases, sea novels, songbooks, cookbooks, herbals, almanacs, dictionaries, travel diaries"),
        "metres", _split("letters, ledgers, sea charts, old newspapers, manuscripts, parish records, sheet music, drawings"),
    ),
    Setting(
        "ferry", "loads", "delivers", "keeps", "pallet", "pallets", "on", "crowns", True, "pieces of freight",
        _split("tea chests, oil drums, flour sacks, wine casks, cotton bales, mail bags, salt barrels, milk churns"),
        "tonnes", _split("gravel, barley, coal, timber, slate, lime, clay, hay"),
    ),
    Setting(
        "laboratory", "prepares", "sells", "stores", "rack", "racks", "in", "marks", True, "specimens",
        _split("soil samples, yeast cultures, fern slides, moss cultures, pollen slides, bone casts, ore samples, resin casts"),
        "litres", _split("brine, lye, vinegar, acetone, iodine solution, distilled water, turpentine, indigo dye"),
    ),
    Setting(
        "orchard", "harvests", "sells", "keeps", "basket", "baskets", "in", "pennies", True, "fruits",
        _split("pears, plums, quinces, figs, lemons, apricots, russet apples, medlars"),
        "kilograms", _split("pears, plums, cherries, figs, lemons, apricots, walnuts, currants"),
    ),
    Setting(
        "workshop", "makes", "sells", "keeps", "crate", "crates", "in", "guilders", True, "pieces of furniture",
        _split("oak chairs, pine stools, bookshelves, cradles, writing desks, footrests, coat stands, lamp tables"),
        "metres", _split("oak panelling, pine skirting, handrail, picture frame, beech moulding, fence, walnut veneer, trellis"),
    ),
    Setting(
        "school", "buys", "lends", "stores", "cupboard", "cupboards", "in", "cents", False, "school supplies",
        _split("pencils, notebooks, rulers, slates, paint brushes, compasses, globes, abacuses"),
        "litres", _split("black ink, blue ink, red ink, glue, varnish, white paint, green paint, lamp oil"),
    ),
    Setting(
        "brewery", "brews", "sells", "stores", "case", "cases", "in", "shillings", True, "bottles of beer",
        _split("bottles of stout, bottles of porter, bottles of pale ale, bottles of wheat beer, bottles of brown ale, "
               "bottles of rye beer, bottles of smoked beer, bottles of honey beer"),
        "litres", _split("stout, porter, pale ale, wheat beer, brown ale, rye beer, smoked beer, honey beer"),
    ),
    Setting(
        "harbour", "receives", "ships", "stores", "cart", "carts", "on", "ducats", True, "barrels",
        _split("barrels of herring, barrels of tar, barrels of rum, barrels of syrup, barrels of nails, barrels of flour, "
               "barrels of cider, barrels of olives"),
        "tonnes", _split("herring, tar, copper, marble, sugar, rice, iron, cork"),
    ),
    Setting(
        "festival", "offers", "sells", "keeps", "platter", "platters", "on", "tokens", True, "snacks",
        _split("plum dumplings, honey waffles, corn fritters, fish cakes, sugar twists, cheese sticks, nut bars, pea pancakes"),
        "litres", _split("lemonade, mint tea, onion soup, pea soup, cider, plum juice, hot cocoa, ginger beer"),
    ),
    Setting(
        "nursery", "raises", "sells", "keeps", "bed", "beds", "in", "florins", False, "plants",
        _split("rose bushes, tomato seedlings, young oaks, lavender plants, fern plants, box shrubs, vine cuttings, tulips"),
        "kilograms", _split("cress, parsley, chives, mint, sorrel, basil, thyme, sage"),
    ),
)  # fmt: skip
