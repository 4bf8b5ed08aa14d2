"""What all stored documents have in common."""

from typing import Any

import mongoengine
from mongoengine.queryset.transform import UPDATE_OPERATORS
from pymongo import WriteConcern

# A write counts only when it would outlive a power cut of the server that took it.
DURABLE = WriteConcern(w="majority", j=True, wtimeout=10_000)
DUPLICATE_KEY = 11000


class Document(mongoengine.Document):
    """A mongoengine document whose compare-and-set takes the same time however many documents there are."""

    meta: dict[str, Any] = {"abstract": True}
    _changed_fields: list[str]

    def modify(self, query: dict[str, Any] | None = None, **update: Any) -> bool:
        """Change the stored document and take over what was changed. False when it does not fit `query` any more.

        mongoengine's own asks for findAndModify, for which the embedded database reads the whole collection. An
        update finds its document by the key, when that comes first in the query.
        """
        if not type(self).objects(id=self.pk, **(query or {})).update_one(**update):
            return False
        changes = [_parts(key) for key in update]
        if all(operator in ("set", "unset") and not inner for operator, _, inner in changes):
            # What is stored now is known without asking.
            for (operator, name, _), value in zip(changes, update.values(), strict=True):
                setattr(self, name, value if operator == "set" else None)
        elif not self._take_over({name for _, name, _ in changes}):
            return False
        names = {name for _, name, _ in changes}
        self._changed_fields = [name for name in self._changed_fields if name.partition(".")[0] not in names]
        return True

    def _take_over(self, names: set[str]) -> bool:
        """Read some fields again. False when the document was erased in between."""
        stored = self._get_collection().find_one({"_id": self.pk}, dict.fromkeys(names, 1))
        if stored is None:
            return False
        fresh = self._from_son(stored)
        for name in names:
            setattr(self, name, self._reload(name, fresh[name]))
        return True


def _parts(key: str) -> tuple[str, str, str]:
    """An update's keyword: `set__policy__name` is (set, policy, name), `title` is (set, title, "")."""
    operator, _, rest = key.partition("__")
    if operator not in UPDATE_OPERATORS:
        operator, rest = "set", key
    name, _, inner = rest.partition("__")
    return operator, name, inner
