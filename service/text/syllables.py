"""Is this word Vietnamese? Its syllables are few, so a text that was decoded wrongly shows at once."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from service.text.vietnamese import nfc

_ONSETS = "ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|b|c|d|đ|g|h|k|l|m|n|p|r|s|t|v|x|"
_RHYMES = (
    "a ai ao au ay ac ach am an ang anh ap at ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây â ă "
    "e ec em en eng eo ep et ê êch êm ên êng ênh êp êt êu êc i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu "
    "o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oe oen oeo oet oi om on ong ooc oong op ot oc "
    "ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơng ơp ơt u ua uân uâng uât uâu uây uc uê uêch uên uênh ui um un ung uôc uôi uôm uôn "
    "uông uôt uơ up ut uy uya uych uyên uyêt uynh uyt uyu uôp ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu "
    "y yên yêm yêng yêu yêt"
)
_ONLY_AFTER_QU = "ynh yt yu ych ya"
_SYLLABLE = re.compile(
    f"(?:{_ONSETS})(?:{'|'.join(_RHYMES.split())})|qu(?:{'|'.join(_ONLY_AFTER_QU.split())})"
)
_TONES = dict.fromkeys(map(ord, "\u0300\u0301\u0303\u0309\u0323"))
_STOPPED = re.compile(r"(?:c|ch|p|t)$")
_SHARP_OR_HEAVY = frozenset("\u0301\u0323")


@lru_cache(8192)
def is_syllable(word: str) -> bool:
    """``"Sủng"`` and ``"SủNG"`` are; ``"Sïng"``, ``"Suûng"`` and ``"Sßng"`` are not. Needs NFC or NFD, no signs."""
    parts = unicodedata.normalize("NFD", word.lower())
    tones = [char for char in parts if ord(char) in _TONES]
    plain = nfc(parts.translate(_TONES))
    if len(tones) > 1 or not _SYLLABLE.fullmatch(plain):
        return False
    return not _STOPPED.search(plain) or bool(tones and tones[0] in _SHARP_OR_HEAVY)
