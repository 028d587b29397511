"""One dictionary for the pieces of a categorical column, wherever they were read."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc


class Categories:
    """Categories of a column in the order in which they were met.

    Every batch that pyarrow reads holds all categories; of the pieces only codes are kept.

    Parameters
    ----------
    kind
        Dictionary type of the column.
    """

    def __init__(self, kind: pa.DictionaryType) -> None:
        self._kind = kind
        self._values = pa.array([], type=kind.value_type)

    def codes(self, column: pa.DictionaryArray) -> pa.Array:
        """Return the codes of a piece, int32; categories that are new are added."""
        own = column.dictionary
        if not self._values.equals(own):
            places = pc.index_in(own, value_set=self._values)
            unknown = own.filter(pc.is_null(places))
            if len(unknown):
                self._values = pa.concat_arrays([self._values, unknown])
            places = pc.index_in(own, value_set=self._values)
            return places.take(column.indices)
        return column.indices.cast(pa.int32())

    def joined(self, pieces: list[pa.Array]) -> pa.DictionaryArray:
        """Return pieces of codes as one array of the column's type.

        Raises
        ------
        ValueError
            If there are more categories than its index type can count.
        """
        codes = pa.concat_arrays(pieces) if pieces else pa.array([], pa.int32())
        try:
            codes = codes.cast(self._kind.index_type)
        except pa.ArrowInvalid as error:
            raise ValueError(
                f"The files have {len(self._values)} categories in a column of type "
                f"{self._kind}, more than it can count. Rewrite it with wider indices."
            ) from error
        return pa.DictionaryArray.from_arrays(codes, self._values, ordered=self._kind.ordered)
