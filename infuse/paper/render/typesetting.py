"""A document from a template of the typesetter and the values that it says, in fonts that come with the install.

For: `pdf` and `label_pdf`. Tagged (PDF/A-2a, PDF/UA-1), its date the order's clock: the same values at the same clock are the
same bytes. It is the only importer of typst.

Refuses: a character that no font has, naming it: an empty box in a name or a dose is a wrong one. What a template has no room for.

Example: compiled(TEMPLATE, now, {"labels": []}) begins with %PDF-1.7.
"""

from __future__ import annotations

import importlib.util
import json
import re
import threading
import unicodedata
from datetime import datetime
from functools import lru_cache
from pathlib import Path

STANDARDS = ["a-2a", "ua-1"]
BODY = "IBM Plex Sans"  # tells 0 from O, and 1, l and I from each other
# the package, the folder in it: the first sets every sheet, the others only what it lacks
BODY_FONT = ("fontpkg_ibm_plex_sans", "files")
OTHER_FONTS = (("manimgx_fonts", ""), ("noto_cjk_sans_jp_regular", ""))
FALLBACK = ("Noto Sans", "Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans CJK JP")
_MISSING = re.compile(r'the text `"(.*?)"` could not be displayed', re.DOTALL)
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")  # as typst writes what it cannot show
_kept = threading.local()
_REFUSED = re.compile(r"panicked with: \W*does not fit: ([^\n]*)")


class Unprintable(ValueError):
    """No font has a character of the page; `found` lists each."""

    def __init__(self, found: list[str]):
        self.found = found
        super().__init__("no font has " + "; ".join(found))


class DoesNotFit(ValueError):
    """What a template has no room for, however small its words may be."""


def compiled(template: Path, now: datetime, said: dict) -> bytes:
    """A document by its template, in the first fonts that have all of its characters. What is said comes in as one string, which
    the template's `typeset` takes; the template itself is read once. Raises Unprintable, DoesNotFit."""
    import typst

    for fonts in (body_fonts, _packaged_fonts, _system_fonts):
        said["fonts"] = [BODY] if fonts is body_fonts else [BODY, *FALLBACK]
        main = f'#import "{template.name}": typeset\n#typeset(json(bytes("{_as_json(said)}")))'
        try:
            return _compiler(template.parent, fonts).compile(input=main.encode(), format="pdf", pdf_standards=STANDARDS,
                                                             timestamp=int((now - datetime(1970, 1, 1)).total_seconds()))
        except typst.TypstError as error:
            lacking = list(dict.fromkeys(_ESCAPED.sub(lambda one: chr(int(one[1], 16)), each) for each in _MISSING.findall(error.diagnostic)))
            if refused := _REFUSED.search(error.diagnostic):
                raise DoesNotFit(refused[1]) from None
            if not lacking:
                raise
    raise Unprintable([_named(each) for text in lacking for each in text])


def _compiler(folder: Path, fonts):
    """One for each thread, as none serves two at once."""
    import typst

    kept = _kept.__dict__
    if (folder, fonts) not in kept:
        kept[folder, fonts] = typst.Compiler(root=folder, font_paths=fonts())
    return kept[folder, fonts]


def _as_json(values) -> str:
    """Within the quotes of a string of the template's language: nothing in it is markup."""
    return json.dumps(values, ensure_ascii=False).replace("\\", "\\\\").replace('"', '\\"')


def _named(character: str) -> str:
    shown = f"{character} " if character.isprintable() else ""
    return f"{shown}(U+{ord(character):04X} {unicodedata.name(character, 'without a name')})"


# ---------------------------------------------------------------------------------------------- fonts


def _folder(package: str, inside: str) -> str:
    found = importlib.util.find_spec(package)
    if found is None:
        raise ModuleNotFoundError(f"the fonts of {package} are not installed")
    return str(Path(found.submodule_search_locations[0]) / inside)


def _fonts(packages, system: bool = False):
    import typst

    return typst.Fonts(include_system_fonts=system, include_embedded_fonts=False, font_paths=[_folder(*each) for each in packages])


@lru_cache(maxsize=1)
def body_fonts():
    return _fonts((BODY_FONT,))


@lru_cache(maxsize=1)
def _packaged_fonts():
    return _fonts((BODY_FONT, *OTHER_FONTS))


@lru_cache(maxsize=1)
def _system_fonts():
    return _fonts((BODY_FONT, *OTHER_FONTS), system=True)
