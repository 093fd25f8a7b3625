"""A folder of protocols: finding, listing, reading and hashing its files.

For: `order`, `list`, `show` and `check`. A site's own folders come first and win by file name; every shipped file
that one of them shadows is named. A drug is sought beside the protocol, then in the site's folders, then in the
shipped one.

Refuses: a file that is gone, unreadable, too large or a folder, as a problem with its place, never a traceback.

Example: Library([Path("site")]).load("ketamine-inpatient-titration") reads the protocol, its drug and the tables.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import NamedTuple

from infuse.files import consistency, schema, tables
from infuse.files.compatibility import Compatibility
from infuse.files.drug import Drug
from infuse.files.lists import Lists
from infuse.files.ordersets import OrderSet
from infuse.files.protocol import Protocol
from infuse.files.schema import compatibility as compatible
from infuse.files.schema import orderset
from infuse.ground import source
from infuse.ground.source import ERROR, Document, Problem, Span

ENVIRONMENT = "INFUSE_PROTOCOLS"


def shipped() -> Path:
    """The protocols that came with the package: inside it when installed, beside it in a checkout."""
    inside = Path(__file__).parent.parent / "protocols"
    return inside if inside.is_dir() else Path(__file__).parent.parent.parent / "protocols"


class ReadFile(NamedTuple):
    """One file that an order read: its name as shown, its hash, and the shipped file that it shadows."""

    name: str
    sha256: str
    shadows: str = ""


class Loaded(NamedTuple):
    """A protocol with everything that its order needs, and everything that is wrong with any of it."""

    protocol: Protocol | None
    drug: Drug | None
    devices: tables.Devices | None
    weights: tables.WeightBounds | None
    files: tuple[ReadFile, ...]
    problems: tuple[Problem, ...]
    documents: dict[str, Document]
    lists: Lists

    @property
    def errors(self) -> list[Problem]:
        return [each for each in self.problems if each.severity == ERROR]

    @property
    def sha256(self) -> str:
        """Over the protocol and every file that its order read, in the order of `files`."""
        return hashlib.sha256("\n".join(each.sha256 for each in self.files).encode()).hexdigest()

    @property
    def in_record(self) -> str:
        """`ketamine-inpatient-titration version 3, 327674d593e9`: which text a paper came from."""
        return f"{self.protocol.id} version {self.protocol.version}, {self.sha256[:12]}"


class LoadedSet(NamedTuple):
    """An order set with every protocol that it names, by id, and everything that is wrong with its own file."""

    order_set: OrderSet | None
    loaded: dict[str, Loaded]
    file: ReadFile
    problems: tuple[Problem, ...]
    documents: dict[str, Document]

    @property
    def errors(self) -> list[Problem]:
        return [each for each in self.problems if each.severity == ERROR]


class Library:
    """Protocols by id, over the site's folders and the shipped one. Reads each file once."""

    def __init__(self, folders: list[Path] | tuple[Path, ...] = ()):
        self.shipped = shipped()
        self.folders = (*folders, self.shipped)
        self._contents: dict[Path, tuple[bytes, Document | None]] = {}
        self._documents: dict[Path, tuple[Document, str]] = {}
        self._drugs: dict[Path, tuple[Drug | None, list[Problem]]] = {}
        self._tables: dict[Path, tuple] = {}
        self._lists: dict[Path, Lists] = {}
        self._loaded: dict[Path, Loaded] = {}
        self._sets: dict[Path, LoadedSet] = {}
        self._drug_files: dict[Path, dict[str, Path]] = {}

    def shown(self, path: Path) -> str:
        """The path as the user knows it: protocols/NAME for a shipped file."""
        if path.is_relative_to(self.shipped):
            return f"protocols/{path.relative_to(self.shipped).as_posix()}"
        return str(path)

    def ids(self) -> dict[str, Path]:
        """Every protocol by id; the first folder that has it wins."""
        return self._first("*.yaml")

    def drugs(self) -> dict[str, Path]:
        """Every drug by id; the first folder that has it wins."""
        return self._first("drugs/*.yaml")

    def sets(self) -> dict[str, Path]:
        """Every order set by id; the first folder that has it wins."""
        return self._first("sets/*.yaml")

    def _first(self, pattern, before=()):
        """By stem; the folders `before` come before the library's own."""
        found: dict[str, Path] = {}
        for folder in dict.fromkeys((*before, *self.folders)):
            for path in sorted(folder.glob(pattern)):
                found.setdefault(path.stem, path)
        return found

    def shadowed(self, path: Path) -> str:
        """The shipped file that this one shadows, or "": the same place in the folder below a site's."""
        for folder in self.folders[:-1]:
            if path.is_relative_to(folder):
                below = self.shipped / path.relative_to(folder)
                return self.shown(below) if below.is_file() else ""
        return ""

    def document(self, path: Path) -> tuple[Document, str]:
        """(the file as read, its sha256). A file that cannot be read is a Document with that problem."""
        if path not in self._documents:
            self._documents[path] = self._read(path)
        return self._documents[path]

    def read_file(self, path: Path) -> ReadFile:
        """A file that was read, as the record of an order names it."""
        return ReadFile(self.shown(path), self.document(path)[1], self.shadowed(path))

    def content(self, path: Path) -> bytes:
        """The bytes of a file; none of one that cannot be read."""
        return self._content(path)[0]

    def _content(self, path) -> tuple[bytes, Document | None]:
        """(the bytes, or the document that says why there are none)."""
        if path not in self._contents:
            self._contents[path] = self._from_disk(path)
        return self._contents[path]

    def _from_disk(self, path):
        name = self.shown(path)
        try:
            with open(path, "rb") as stream:
                content = stream.read(source.LARGEST + 1)
                size = os.fstat(stream.fileno()).st_size
        except OSError as error:
            what = "a folder" if path.is_dir() else "none" if not path.exists() else f"one that cannot be read ({error.strerror})"
            return b"", Document(name, (), None, (Problem(ERROR, Span(name, 1, 1, 2), f"expected a file; found {what}"),))
        if len(content) > source.LARGEST:
            message = f"expected at most {source.LARGEST:,} bytes; found {size:,}"
            return b"", Document(name, (), None, (Problem(ERROR, Span(name, 1, 1, 2), message),))
        return content, None

    def _read(self, path):
        content, refused = self._content(path)
        return (refused, "") if refused else (source.read(self.shown(path), content), hashlib.sha256(content).hexdigest())

    def beside(self, path: Path, *parts: str) -> Path:
        """drugs/NAME.yaml or tables/NAME.yaml: beside a site's protocol, then in the site's folders, then shipped. What a
        site has written wins for the shipped protocols too: a limit that it tightened must not be passed by."""
        beside = () if path.is_relative_to(self.shipped) else (path.parent,)
        folders = (*beside, *self.folders)
        return next((each for folder in folders if (each := folder.joinpath(*parts)).is_file()), self.shipped.joinpath(*parts))

    def lists(self, path: Path) -> Lists:
        """The lists for the protocols beside a path, each read when it is first asked for."""
        folder = path.parent
        if folder not in self._lists:
            self._lists[folder] = Lists(self, path)
        return self._lists[folder]

    def drug_files(self, path: Path) -> dict[str, Path]:
        """Every drug file by its name, as a protocol of that path would find it."""
        folder = self.shipped if path.is_relative_to(self.shipped) else path.parent
        if folder not in self._drug_files:
            self._drug_files[folder] = self._first("drugs/*.yaml", () if folder == self.shipped else (folder,))
        return self._drug_files[folder]

    def drug(self, path: Path) -> tuple[Drug | None, list[Problem]]:
        if path not in self._drugs:
            document, _ = self.document(path)
            drug, problems = schema.read(document, schema.DRUG)
            if drug:
                problems = problems + _named_right(path, drug.id, "drug", drug.span) + consistency.check_drug(drug)
            self._drugs[path] = drug, problems
        return self._drugs[path]

    def table(self, path: Path, reader):
        if path not in self._tables:
            document, _ = self.document(path)
            self._tables[path] = schema.read(document, reader)
        return self._tables[path]

    def load(self, path: Path) -> Loaded:
        """The protocol of a file with its drug and tables, and every problem of every file read."""
        if path not in self._loaded:
            self._loaded[path] = self._load(path)
        return self._loaded[path]

    def _load(self, path: Path) -> Loaded:
        document, _ = self.document(path)
        protocol, problems = schema.read(document, schema.PROTOCOL)
        paths, drug = [path], None
        if protocol:
            problems = problems + _named_right(path, protocol.id, "protocol", protocol.span)
            drug_path = self.beside(path, "drugs", f"{protocol.drug}.yaml")
            if drug_path.is_file():
                paths.append(drug_path)
                drug, of_drug = self.drug(drug_path)
                problems = problems + of_drug
            else:
                message = f'expected drugs/{protocol.drug}.yaml, which `drug: {protocol.drug}` names; found none'
                hint = "it is sought beside the protocol, then in the site's folders, then in the shipped one"
                problems = problems + [Problem(ERROR, protocol.drug_span, message, hint)]
            problems = problems + consistency.check(protocol, drug)
        devices_path, weights_path = (self.beside(path, "tables", name) for name in ("devices.yaml", "weight-bounds.yaml"))
        devices, of_devices = self.table(devices_path, tables.DEVICES)
        weights, of_weights = self.table(weights_path, tables.WEIGHT_BOUNDS)
        paths += [devices_path, weights_path]
        files = tuple(map(self.read_file, paths))
        documents = {self.shown(each): self.document(each)[0] for each in paths}
        return Loaded(protocol, drug, devices, weights, files, (*problems, *of_devices, *of_weights), documents, self.lists(path))

    def load_set(self, path: Path) -> LoadedSet:
        """The order set of a file with the protocols that it names, each loaded as far as it can be."""
        if path not in self._sets:
            self._sets[path] = self._load_set(path)
        return self._sets[path]

    def _load_set(self, path: Path) -> LoadedSet:
        document, _ = self.document(path)
        order_set, problems = schema.read(document, orderset.ORDER_SET)
        loaded: dict[str, Loaded] = {}
        if order_set:
            ids = self.ids()
            loaded = {name: self.load(ids[name]) for item in order_set.items for name in item.protocols if name in ids}
            problems = [*problems, *_named_right(path, order_set.id, "set", order_set.span),
                        *consistency.check_set(order_set, {name: each.protocol for name, each in loaded.items()}, set(ids))]
        return LoadedSet(order_set, loaded, self.read_file(path), tuple(problems), {self.shown(path): document})

    def compatibility(self) -> tuple[Compatibility | None, list[Problem], Document, ReadFile]:
        """What may meet in a line or a bag, with what is wrong with that table, and the file."""
        path = self.beside(self.shipped, "tables", "compatibility.yaml")
        problems = self.compatibility_of(path)
        return self.table(path, compatible.COMPATIBILITY)[0], problems, self.document(path)[0], self.read_file(path)

    def compatibility_of(self, path: Path) -> list[Problem]:
        """What is wrong with one such table."""
        table, problems = self.table(path, compatible.COMPATIBILITY)
        return [*problems, *(consistency.check_compatibility(table, set(self.drug_files(path.parent))) if table else ())]


def _named_right(path, said, key, span):
    if path.stem == said:
        return []
    message = f'expected {key}: {path.stem}, as the file is named; found "{said}"'
    return [Problem(ERROR, span, message)]
