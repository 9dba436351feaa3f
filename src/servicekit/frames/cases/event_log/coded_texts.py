"""Columns of texts as codes, and back; each library has its own fast way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import narwhals as nw
import numpy as np

from servicekit.frames.array_chunks import Bools, Codes, Ints

if TYPE_CHECKING:
    from narwhals.typing import IntoSeries

    from servicekit.frames.frame_columns import Series


_MANY_ROWS, _SAMPLE, _FEW_WORDS = 10_000, 1_000, 12


@dataclass(frozen=True, slots=True)
class CodedTexts:
    """A column of few texts: each row's code, and the words; code 0 is not text.

    >>> CodedTexts(np.array([1, 0, 1]), (None, "open")).words[1]
    'open'
    """

    codes: Codes
    words: tuple[str | None, ...]

    def take(self, rows: Ints) -> CodedTexts:
        """The texts of some rows."""
        return CodedTexts(self.codes[rows], self.words)


@dataclass(frozen=True, slots=True)
class TextColumn:
    """A column of texts to be made: the words, and the place of each row's word among them."""

    codes: Codes
    words: Sequence[str | None] | Series


def coded(series: Series) -> CodedTexts:
    """The texts of a column, in no particular order."""
    texts = _plain(series)
    found = _of_few(texts)
    if found is not None:
        return found
    codes, words = _encoded(texts)
    return CodedTexts(codes + 1, (None, *words.to_list()))


def _of_few(texts: Series) -> CodedTexts | None:
    """The texts where there are only a few distinct ones: comparing with each is quicker than looking each up."""
    equal = _EQUAL.get(texts.implementation)
    if equal is None or len(texts) < _MANY_ROWS:
        return None
    words = texts.gather_every(len(texts) // _SAMPLE).unique().drop_nulls().to_list()
    if len(words) > _FEW_WORDS:
        return None
    codes, native = np.zeros(len(texts), np.int8), texts.to_native()
    for code, word in enumerate(words, 1):
        codes += equal(native, word).view(np.int8) * np.int8(code)
    if np.count_nonzero(codes) + texts.null_count() < len(texts):
        return None
    return CodedTexts(codes.astype(np.int32), (None, *words))


def numbered(series: Series) -> tuple[Ints, Series]:
    """The number of each row's text among the distinct ones, in the order in which they first occur; no nulls.

    Rows of one text mostly stand together, so only where it changes is it looked up.
    """
    texts = _plain(series)
    if len(texts) < 2:
        return np.zeros(len(texts), np.int64), texts
    changes = np.concatenate(([True], _differ(texts)))
    heads = texts.filter(_mask(changes, texts))
    codes, words = _encoded(heads)
    return codes[np.cumsum(changes) - 1], words


def _plain(series: Series) -> Series:
    """As ordinary texts: numbers, categories and dictionaries are written out."""
    if series.implementation.is_pyarrow():
        import pyarrow as pa

        native = series.to_native()
        wanted = pa.large_string() if pa.types.is_large_string(native.type) else pa.string()
        return series if native.type == wanted else nw.from_native(native.cast(wanted), series_only=True)
    return series if isinstance(series.dtype, nw.String) else series.cast(nw.String)


def _differ(texts: Series) -> Bools:
    rows = len(texts)
    native: Any = texts.to_native()
    if texts.implementation.is_pyarrow():
        import pyarrow.compute as pc

        flat = native.combine_chunks()
        return np.asarray(pc.not_equal(flat[1:], flat[:-1]))
    if texts.implementation.is_pandas():
        flat = native.to_numpy()
        return np.asarray(flat[1:] != flat[:-1], np.bool_)
    return (texts.tail(rows - 1) != texts.head(rows - 1)).to_numpy().astype(np.bool_, copy=False)


def _mask(rows: Bools, like: Series) -> Series:
    return nw.new_series("mask", rows, nw.Boolean, backend=like.implementation)


def _encoded(texts: Series) -> tuple[Ints, Series]:
    """Codes from 0 and their words; -1 where there is none."""
    native = texts.to_native()
    codes, words = _ENCODERS[texts.implementation](native)
    return codes, nw.from_native(cast("IntoSeries", words), series_only=True)


def _polars(native: Any) -> tuple[Ints, object]:
    import polars as pl

    words = native.drop_nulls().unique(maintain_order=True)
    if len(words) == len(native):
        return np.arange(len(native)), words
    codes = native.cast(pl.Enum(words)).to_physical().cast(pl.Int64).fill_null(-1)
    return codes.to_numpy(), words


def _pandas(native: Any) -> tuple[Ints, object]:
    import pandas as pd

    codes, words = pd.factorize(native)
    return codes.astype(np.int64), pd.Series(words, dtype=native.dtype)


def _pyarrow(native: Any) -> tuple[Ints, object]:
    import pyarrow as pa

    found = native.combine_chunks().dictionary_encode()
    codes = found.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    return codes, pa.chunked_array([found.dictionary])


_Encoder: TypeAlias = Callable[[Any], tuple[Ints, object]]
_ENCODERS: Mapping[nw.Implementation, _Encoder] = {
    nw.Implementation.POLARS: _polars,
    nw.Implementation.PANDAS: _pandas,
    nw.Implementation.PYARROW: _pyarrow,
}


def _polars_equal(native: Any, word: str) -> Bools:
    return np.asarray(native.eq_missing(word).to_numpy())


def _pyarrow_equal(native: Any, word: str) -> Bools:
    import pyarrow.compute as pc

    return np.asarray(pc.equal(native, word).fill_null(False).combine_chunks().to_numpy(zero_copy_only=False))


_EQUAL: Mapping[nw.Implementation, Callable[[Any, str], Bools]] = {
    nw.Implementation.POLARS: _polars_equal,
    nw.Implementation.PYARROW: _pyarrow_equal,
}


def in_frame(texts: TextColumn, library: nw.Implementation, *, dictionaries: bool = False) -> object:
    """The column as a library's own series; ``dictionaries`` makes a dictionary of it, for Arrow only."""
    return _dictionary(texts) if dictionaries else _MAKERS[library](texts)


def _native_words(texts: TextColumn) -> Any:
    return texts.words.to_native() if isinstance(texts.words, nw.Series) else None


def _to_polars(texts: TextColumn) -> object:
    import polars as pl

    words = _native_words(texts)
    return (pl.Series(texts.words, dtype=pl.String) if words is None else words).gather(pl.Series(texts.codes))


def _to_pandas(texts: TextColumn) -> object:
    import pandas as pd

    words = _native_words(texts)
    if words is not None:
        return words.take(texts.codes).reset_index(drop=True)
    return pd.Series(np.array(texts.words, object)[texts.codes])


def _dictionary(texts: TextColumn) -> Any:
    import pyarrow as pa

    words = _native_words(texts)
    words = pa.array(texts.words, pa.string()) if words is None else words.combine_chunks().cast(pa.string())
    return pa.DictionaryArray.from_arrays(pa.array(texts.codes.astype(np.int32, copy=False)), words)


def _to_pyarrow(texts: TextColumn) -> object:
    import pyarrow as pa

    return _dictionary(texts).cast(pa.string())


_MAKERS: Mapping[nw.Implementation, Callable[[TextColumn], object]] = {
    nw.Implementation.POLARS: _to_polars,
    nw.Implementation.PANDAS: _to_pandas,
    nw.Implementation.PYARROW: _to_pyarrow,
}
