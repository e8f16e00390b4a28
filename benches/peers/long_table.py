"""Writes a table of yes/no forecasts as Parquet and its outcomes as CSV, for `foretell score --stream`.

    python long_table.py ROWS FOLDER

A hundred forecasters say of every question once what they think, in the order of the questions; a question comes true as often as the
first of them says.
"""

import os
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

FORECASTERS, GROUP = 100, 1_000_000


def main():
    rows, folder = int(sys.argv[1]), sys.argv[2]
    questions = rows // FORECASTERS
    os.makedirs(folder, exist_ok=True)
    rng = np.random.default_rng(7)
    schema = pa.schema(
        [("question", pa.string()), ("forecaster", pa.string()), ("made_at", pa.date32()), ("probability", pa.float64())]
    )
    people = pa.array([f"f{k:03}" for k in range(FORECASTERS)])
    with (
        pq.ParquetWriter(os.path.join(folder, "forecasts.parquet"), schema) as writer,
        open(os.path.join(folder, "outcomes.csv"), "w") as outcomes,
    ):
        outcomes.write("question,resolution,resolved_on\n")
        for first in range(0, questions, GROUP // FORECASTERS):
            count = min(GROUP // FORECASTERS, questions - first)
            truth = rng.random(count)
            off = rng.normal(0, 1, (count, FORECASTERS)) * np.linspace(0, 0.3, FORECASTERS)
            p = np.clip(truth[:, None] + off, 0.001, 0.999).ravel()
            names = pa.array([f"q{first + at}" for at in range(count)])
            question = pa.DictionaryArray.from_arrays(np.repeat(np.arange(count, dtype=np.int32), FORECASTERS), names)
            forecaster = pa.DictionaryArray.from_arrays(np.tile(np.arange(FORECASTERS, dtype=np.int32), count), people)
            day = pa.array(rng.integers(20000, 20100, p.size, dtype=np.int32)).cast(pa.date32())
            columns = [question.cast(pa.string()), forecaster.cast(pa.string()), day, pa.array(p)]
            writer.write_table(pa.table(columns, schema=schema), row_group_size=GROUP)
            for name, yes in zip(names.to_pylist(), rng.random(count) < truth):
                outcomes.write(f"{name},{'yes' if yes else 'no'},2024-12-31\n")


if __name__ == "__main__":
    main()
