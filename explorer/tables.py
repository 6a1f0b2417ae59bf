"""Tables as CSV and as Parquet, for every room that has one to give away. Imports nothing heavy before it is needed."""

import csv
import io
from collections.abc import Mapping, Sequence


def csv_text(rows: Sequence[Sequence]) -> str:
    """Rows of cells, the first one the names; None is an empty cell, and numbers stand in full."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def parquet_bytes(columns: Mapping[str, Sequence], notes: Mapping[str, str]) -> bytes:
    """An Apache Parquet file of columns of equal length: text, 64-bit whole numbers and 64-bit floats, None for missing.

    A column without any value is one of floats. `notes` become the file's own metadata.
    """
    import pyarrow
    from pyarrow import parquet

    arrays = {name: pyarrow.array(values) for name, values in columns.items()}
    arrays = {name: array.cast(pyarrow.float64()) if pyarrow.types.is_null(array.type) else array for name, array in arrays.items()}
    file = io.BytesIO()
    parquet.write_table(pyarrow.table(arrays).replace_schema_metadata(dict(notes)), file)
    return file.getvalue()
