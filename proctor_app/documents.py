"""What all stored documents have in common."""

from typing import Any

import mongoengine
from mongoengine.queryset.transform import UPDATE_OPERATORS


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
        names = {_field_of(key) for key in update}
        stored = self._get_collection().find_one({"_id": self.pk}, dict.fromkeys(self._stored_names(names), 1))
        if stored is None:
            return False  # Erased in between.
        fresh = self._from_son(stored)
        for name in names:
            setattr(self, name, self._reload(name, fresh[name]))
        self._changed_fields = [name for name in self._changed_fields if name not in names]
        return True

    def _stored_names(self, names: set[str]) -> list[str]:
        return [self._fields[name].db_field for name in names]


def _field_of(key: str) -> str:
    """The field that an update's keyword is about: `set__title` and `title` change `title`."""
    first, _, rest = key.partition("__")
    return rest.partition("__")[0] if first in UPDATE_OPERATORS else first
