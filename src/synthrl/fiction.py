"""Invented names that no one bears: people, places, firms, titles, as functions of numbers and as Faker providers.

A token is three syllables, "Dro·vel·mund": onset and vowel, middle and vowel, and one of the endings of its kind, so
that a string can come from one number only. Endings are dealt out to four shelves; names from different shelves
share no token, which is how splits of a dataset get disjoint names. Names are numbered by a keyed bijection: no two
people of one seed, in whatever worlds, bear the same full name.
"""

from typing import NamedTuple

from faker.providers import BaseProvider

from synthrl.seeding import Scramble

SHELVES = 4
_VOWELS = "aeou"
_ONSETS = "B Br D Dr F G Gr K Kr L M N P T V Z".split()
_MIDDLES = "lv ndr rk zv zm gn vr lth rsk mbr lk dv nth pr sk rz".split()
HEADS = [onset + vowel for onset in _ONSETS for vowel in _VOWELS]  # 64
MIDDLES = [middle + vowel for middle in _MIDDLES for vowel in _VOWELS]  # 64

# 64 endings to a kind of name, dealt out to the shelves; no kind shares one with another.
_ENDINGS = {
    "given": "bel bin bri dan dek den dil dis dra fen fin fra gan gel gin gra jan jel jin jor kel ken kin kor lan len drin "
    "lin dren lor mel men mir nel nia nik nis nor pel pia pin bran rel ren vrin rin sel sia sil tan tel tia tin trin vel via vin "
    "wen wyn zel zia zor ska mia",
    "surname": "bard beck berg bold born brand brook burn croft dahl dale dorf drake fald feld fell gaard gard garth gren "
    "grove hart haugh heim helm hurst kamp kvist land lock lund mann mark mond moor morn nack penn quist rand rath ridge "
    "rock rud sand shaw skog stad stam stead sten strand strom thorn tveit vald vang vard vick vold wald ward well wick",
    "place": "bay beach bourne bridge burgh bury caster cliff cove dean field firth ford fort gate glen hall ham haven "
    "head hill holm holt hythe keld kirk lake leigh ley marsh mere mill minster mont mouth ness pass point pool port quay "
    "reach row shire stone stow thorpe ton tor town vale view ville wall water weir wharf wich wood worth yard crest moss dell",
    "thing": "bex cor dax dex dor dyne fex fon gax gux hex kar kix lar lex lix lon lux max mex mix nax nex nix non nyx pax "
    "pex phon plex pol pon rax rex rix sax sec sol tec tex tic trix tron vax vex vion vix zax zen zix zon bron drix fax flex "
    "gix jax jex lyx mox nox pix rox tax",
}
ENDINGS = {kind: [words.split()[shelf::SHELVES] for shelf in range(SHELVES)] for kind, words in _ENDINGS.items()}

_ADJECTIVES = (
    "Amber Ancient Blue Borrowed Bright Broken Careful Clever Cold Crooked Dark Distant Early Eastern Empty Endless "
    "Faithful Fallen Final First Forgotten Frozen Gentle Gilded Golden Green Hidden Hollow Honest Idle Inner Iron "
    "Jealous Last Late Little Long Lost Lucky Modest Narrow Nameless Northern Open Outer Pale Patient Plain Proud "
    "Quiet Red Restless Scarlet Second Secret Silent Silver Slow Southern Stolen Tall Tender Velvet White"
).split()
_NOUNS = (
    "Anchor Apple Archer Arrow Attic Autumn Baker Balcony Ballad Barrel Basket Bell Bird Blanket Boat Bottle Branch Bread "
    "Bridge Brother Bucket Button Cabin Candle Canvas Captain Carpet Castle Cellar Chair Chapel Chimney Circle Clock "
    "Cloud Coat Compass Copper Corner Cradle Crown Cup Curtain Dancer Daughter Door Dove Dream Drum Echo Ember Falcon "
    "Farmer Feather Fence Ferry Fiddle Field Fire Fisher Flute Forest Fountain Fox Garden Gate Glass Glove Guest Hammer "
    "Harbor Harvest Heron Hill Horse House Hunter Island Jewel Journey Kettle Key Kite Ladder Lake Lamp Lantern Letter "
    "Library Lily Lock Map Market Mask Meadow Merchant Mill Miller Mirror Mountain Needle Nest Night Oak Orchard Oven "
    "Painter Path Pearl Pebble Pillow Pilot Pond Promise Queen Rain Raven Ribbon River Road Robe Rose Sailor Salt Shadow "
    "Shepherd Ship Spoon"
).split()
_KIND_OF = {
    "company": ("Foundry", "Shipping Line", "Glassworks", "Brewery", "Press", "Mills", "Bank", "Instruments"),
    "school": ("Academy", "College", "Grammar School", "Institute"),
    "club": ("Chess Club", "Rowing Club", "Garden Society", "Choral Society", "Walking Club", "Archery Club"),
    "festival": ("Festival", "Regatta", "Book Fair", "Lantern Week"),
}
TRADES = (
    (
        "baker beekeeper bookbinder carpenter chemist clockmaker cooper dentist farmer ferryman florist gardener "
        "geologist glazier hatter joiner judge lawyer librarian locksmith mason midwife miller musician notary painter "
        "pharmacist piano tuner pilot"
    )
    .replace("piano tuner", "piano-tuner")
    .split()
)
_SIDES = ("East", "West", "North", "South", "Upper", "Lower", "Old", "Outer")

# A block is what one small world takes of the name space of its shelf; a large world takes several.
BLOCKS = 1 << 25
FAMILIES, MEMBERS, FIRMS, TITLES = 8, 16, 128, 16  # names in a block


class Mint(NamedTuple):
    """Coins the names of one seed and shelf."""

    shelf: int
    families: Scramble
    given: Scramble
    things: Scramble
    partners: Scramble
    titles: Scramble

    @classmethod
    def of(cls, seed: int, shelf: int) -> "Mint":
        def scramble(bits: int, what: str) -> Scramble:
            return Scramble(bits, "names", seed, shelf, what)

        return cls(
            shelf, scramble(28, "families"), scramble(16, "given"), scramble(31, "things"), scramble(16, "partners"), scramble(29, "titles")
        )  # fmt: skip

    def token(self, kind: str, number: int) -> str:
        """The token of `kind` with `number`, below 2**16."""
        return HEADS[number >> 10 & 63] + MIDDLES[number >> 4 & 63] + ENDINGS[kind][self.shelf][number & 15]

    def person(self, block: int, family: int, member: int) -> str:
        """Given name and surname; those of one family (8 a block, of 16 members) share the surname."""
        house = self.families(block << 3 | family)
        # Families that share a surname differ in the low bits, which go into the given names.
        given = self.given((house & 0xFFF) << 4 & 0xFFFF | member)
        surname = house >> 12
        given ^= surname * 40503 & 0xFFFF  # another given name first for every surname
        return f"{self.token('given', given)} {self.token('surname', surname)}"

    def firm(self, kind: str, block: int, number: int, style: int) -> str:
        """A company, school, club or festival: "Drovelcut & Maskupef Foundry"; two neighbours share the first token."""
        pair = self.things(block << 6 | number >> 1)
        second = self.partners((pair & 0x7FFF) << 1 | number & 1)
        kinds = _KIND_OF[kind]
        return f"{self.token('thing', pair >> 15)} & {self.token('thing', second)} {kinds[style % len(kinds)]}"

    def title(self, block: int, number: int) -> str:
        """A book: "The Silent Orchard of Drovelcut"."""
        code = self.titles((block << 4 | number) & 0x1FFFFFFF)
        return f"The {_ADJECTIVES[code >> 7 & 63]} {_NOUNS[code & 127]} of {self.token('thing', code >> 13)}"

    def place(self, number: int, side: int = -1) -> str:
        name = self.token("place", number & 0xFFFF)
        return name if side < 0 else f"{_SIDES[side % 8]} {name}"


class FictionProvider(BaseProvider):
    """The same names for Faker: `fake.add_provider(FictionProvider)`, then `fake.fiction_person()` and its kin."""

    def _mint(self) -> Mint:
        return Mint.of(self.random_int(0, 1 << 30), self.random_int(0, SHELVES - 1))

    def fiction_person(self) -> str:
        return self._mint().person(self.random_int(0, BLOCKS - 1), self.random_int(0, 7), self.random_int(0, 15))

    def fiction_city(self) -> str:
        return self._mint().place(self.random_int(0, 65535))

    def fiction_company(self) -> str:
        return self._mint().firm(
            "company", self.random_int(0, BLOCKS - 1), self.random_int(0, 127), self.random_int(0, 7)
        )

    def fiction_work(self) -> str:
        return self._mint().title(self.random_int(0, BLOCKS - 1), self.random_int(0, 15))
