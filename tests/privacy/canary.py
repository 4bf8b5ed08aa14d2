"""A candidate whose every word stands nowhere else, so that whatever is left of them anywhere is found."""

import base64
from collections.abc import Iterable
from pathlib import Path

import bson
from mongoengine.connection import get_db

NAME = "Quillfeather Zyxqanary"
EMAIL = "zyxqanary@canary.example"
TITLE = "Keeper of the Wexbrook lighthouse"
NOTE = "Said that her aunt Plimsollina keeps bees"
WORDS = ("Quillfeather", "Zyxqanary", "zyxqanary", "Wexbrook", "Plimsollina")


def traces(*secrets: str | bytes) -> list[bytes]:
    """What to look for: the words, and secrets and pieces of pictures as they are and in base 64."""
    found = [word.encode() for word in WORDS]
    for secret in secrets:
        raw = secret.encode() if isinstance(secret, str) else secret[len(secret) // 3 : len(secret) // 3 + 60]
        found += [raw, base64.b64encode(raw)[2:-4]] if isinstance(secret, bytes) else [raw]
    return found


def in_database(wanted: Iterable[bytes]) -> list[str]:
    """The collections, with what of `wanted` is in them."""
    wanted = list(wanted)
    return [
        f"{name}: {one!r}"
        for name in get_db().list_collection_names()
        for document in get_db()[name].find()
        for one in wanted
        if one in bson.encode(document)
    ]


def in_files(folder: Path, wanted: Iterable[bytes]) -> list[str]:
    """The files of a folder, with what of `wanted` is in them."""
    wanted = list(wanted)
    return [
        f"{path}: {one!r}" for path in folder.rglob("*") if path.is_file() for one in wanted if one in path.read_bytes()
    ]
