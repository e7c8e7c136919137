"""Names of files and folders: which are names on every system, those of variants, and names told apart."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path

UNSAFE = frozenset('/\\:*?"<>|')
LONGEST_NAME = 200
DEVICES = frozenset(("con", "prn", "aux", "nul", "conin$", "conout$"))
DEVICES |= {f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³"}
"""What Windows takes for a device, in any letters and with any ending."""

LONGEST_CHANGES = 60


def why_no_name(name: str) -> str:
    """Why a name cannot be that of a file or a folder on every system, or leads to another; empty if it can."""
    if not name or name != name.strip(" ."):
        return "begins or ends with a blank or a dot" if name else "is empty"
    if not name.isprintable() or UNSAFE & set(name):
        return f"has a character that not every system takes, as any of {' '.join(sorted(UNSAFE))} is"
    if name.partition(".")[0].rstrip().lower() in DEVICES:
        return "is the name of a device on Windows"
    return f"is longer than {LONGEST_NAME} bytes" if len(name.encode()) > LONGEST_NAME else ""


def taken_name(parent: Path, name: str) -> str:
    """The name in a folder that macOS and Windows take for this one: itself, or in other letters; empty if none is."""
    names: list[str] = []
    with suppress(OSError):  # a folder that is not there holds nothing
        names = sorted(os.listdir(parent))
    alike = next((own for own in names if own.lower() == name.lower()), "")
    # One may look for a name also where one may not list them.
    return name if name in names or (not alike and os.path.lexists(parent / name)) else alike


def why_not_made(path: Path) -> str:
    """Why a path cannot be made, or would be another, on some system; empty if it can, or is there already."""
    path = Path(os.path.abspath(path))
    for part in (path, *path.parents):
        if os.path.lexists(part):
            break
        # `.kept` is hidden, and a name on every system.
        if why := why_no_name(part.name.removeprefix(".")):
            return f"'{part.name}' {why}"
        if present := taken_name(part.parent, part.name):
            return one_folder(part.name, present)
    return ""


def one_folder(name: str, present: str) -> str:
    """What to say of a name in other letters than one that is there."""
    return f"'{name}' and '{present}', which is there, are one on macOS and Windows"


def variant_name(name: str, changes: Sequence[str]) -> str:
    """The name of a scenario under changes such as `places.dostyk.forming.crews=4`: `NAME_dostyk_forming_crews_4`."""
    return "_".join([name, *words_of_changes(changes)])


def name_changed(name: str, earlier: Sequence[str], changes: Sequence[str]) -> str:
    """The name of a variant changed again: of what was changed before, and is now changed anew, it says nothing."""
    [word] = words_of_changes(earlier) or [""]
    if word and name.endswith(f"_{word}"):
        return variant_name(name.removesuffix(f"_{word}"), [*earlier, *changes])
    return variant_name(name, changes)


def latest_changes(changes: Sequence[str]) -> list[str]:
    """Changes without those of a key that a later one changes, too."""
    keys = [change.partition("=")[0].strip() for change in changes]
    return [change for place, change in enumerate(changes) if keys[place] not in keys[place + 1 :]]


def words_of_changes(changes: Sequence[str]) -> list[str]:
    """Changes as one word that is safe in the name of a folder; none of no changes."""
    words = []
    for change in latest_changes(changes):
        key, _, value = change.partition("=")
        # The first part names the kind of table: `places`, `horizon`; what follows says enough, a table of values too.
        tail = key.partition(".")[2] or ("" if value.lstrip().startswith("{") else key)
        words.append(plain_word(f"{tail.replace('.', '_')} {plain_word(with_sign_in_words(value.strip()))}"))
    word = "_".join(words)
    if len(word) > LONGEST_CHANGES:
        word = f"{word[: LONGEST_CHANGES - 9].rstrip('_.-')}_{hashlib.sha256(repr(changes).encode()).hexdigest()[:8]}"
    return [word] if word else []


def with_sign_in_words(value: str) -> str:
    """A value whose sign is a word: 20 more than stated is not 20."""
    sign = {"+": "plus", "-": "minus"}.get(value[:1]) if value[1:2].isdigit() else None
    return f"{sign} {value[1:]}" if sign else value


def plain_word(text: str) -> str:
    """A text with nothing but letters, digits, points and hyphens, all else as one `_`."""
    return re.sub(r"[^A-Za-z0-9.-]+", "_", text).strip("_.-")


def told_apart(names: Sequence[str], places: Sequence[Path | None]) -> list[str]:
    """Names that differ: those that repeat take on the folders that they lie in, as far up as need be, or a number.

    Parameters
    ----------
    places
        The file or folder of each, if it has one.
    """
    paths = [place.resolve() if place is not None else Path(name) for name, place in zip(names, places, strict=True)]
    depth = max(len(path.parts) for path in paths)
    for parts in range(depth):
        labels = [
            name if names.count(name) == 1 else label_of(name, path, parts)
            for name, path in zip(names, paths, strict=True)
        ]
        if len({*labels}) == len(labels):
            return labels
    return numbered(names)


def label_of(name: str, path: Path, parts: int) -> str:
    """A name with some of the folders around its file or folder; with none, that of the file or folder itself."""
    own_name = path.stem if path.suffix == ".toml" else path.name
    around = [part for part in path.parts[:-1] if plain_word(part)][-parts:] if parts else []
    return "_".join([*map(plain_word, around), own_name or name])


def numbered(names: Sequence[str]) -> list[str]:
    """Names of which each repetition has a number."""
    labels: list[str] = []
    for name in names:
        choices = (name if number == 1 else f"{name}_{number}" for number in count(1))
        labels.append(next(label for label in choices if label not in labels))
    return labels
