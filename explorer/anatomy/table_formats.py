"""A table (rows that all have the same columns) as CSV, Markdown and Parquet. Imports no torch."""

import csv
import io

from explorer.tables import parquet_bytes

Rows = list[dict]


def to_csv(rows: Rows) -> str:
    """A line of column names, then one a row, in ASCII: shapes are written 64x56x56."""
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0].keys(), lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({key: f"{value:.4f}" if isinstance(value, float) else str(value).replace("×", "x")
                         for key, value in row.items()})
    return out.getvalue()


def to_markdown(rows: Rows) -> str:
    """A table of GitHub's Markdown, numbers to the right with their thousands apart."""
    names = list(rows[0])
    number = {name: isinstance(rows[0][name], int | float) for name in names}
    lines = [names, ["---:" if number[name] else "---" for name in names]]
    lines += [[_cell(row[name]) for name in names] for row in rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def to_parquet(rows: Rows, notes: dict[str, str]) -> bytes:
    """An Apache Parquet file: text, 64-bit whole numbers and 64-bit floats. `notes` become the file's own metadata."""
    return parquet_bytes({name: [row[name] for row in rows] for name in rows[0]}, notes)


def _cell(value):
    if isinstance(value, float):
        return f"{value:.2f}"
    return f"{value:,}" if isinstance(value, int) else value.replace("|", "\\|")
