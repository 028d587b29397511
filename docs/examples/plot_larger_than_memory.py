"""
A file that is larger than its memory limit
===========================================

A job on files never holds all rows in memory. Here a Parquet file is resampled by SMOTE in a
process that may use less memory than the rows have bytes.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from matplotlib import pyplot as plt

N_ROWS, N_COLUMNS, BLOCK = 2_400_000, 24, 50_000

folder = tempfile.TemporaryDirectory()
source, destination = Path(folder.name, "source.parquet"), Path(folder.name, "resampled")
rng = np.random.default_rng(0)
names = [f"x{j}" for j in range(N_COLUMNS)]
schema = pa.schema([*((name, pa.float64()) for name in names), ("label", pa.int8())])
with pq.ParquetWriter(source, schema, compression="none", use_dictionary=False) as writer:
    for _ in range(N_ROWS // BLOCK):
        y = (rng.random(BLOCK) < 0.005).astype(np.int8)
        X = rng.normal(size=(N_COLUMNS, BLOCK)) + y
        writer.write_table(pa.table([*X, y], schema=schema))
n_bytes = N_ROWS * N_COLUMNS * 8
print(f"{N_ROWS:,} rows, {n_bytes / 2**20:,.0f} MiB as an array")

# %%
# ``smotefast plan`` says what a job would do and need, without reading much.

LIMIT = 400 * 2**20
arguments = [source, destination, "--target", "label", "--sampling-strategy", "0.05"]
limit = ["--memory-limit", str(LIMIT)]


def command(name, *options):
    """Run the command smotefast in a process of its own; return what it prints."""
    code = "from smotefast.cli import main; main()"
    program = [sys.executable, "-c", code, name, *map(str, options)]
    return subprocess.run(program, capture_output=True, text=True, check=True).stdout


plan = json.loads(command("plan", *arguments, *limit, "--json"))
for name in ("memory_limit", "memory_expected", "memory_needed"):
    print(f"{name:16} {plan[name] / 2**20:5.0f} MiB")

# %%
# The job itself writes a folder of Parquet files, or one file if the name ends in ``.parquet``.

written = Path(folder.name, "report.json")
command("resample", *arguments, *limit, "--report", written)
report = json.loads(written.read_text())
print(f"rows in the result {pq.ParquetDataset(destination).read(['label']).num_rows:,}")
print(f"peak memory        {report['peak_memory'] / 2**20:.0f} MiB")
folder.cleanup()

# %%
figure, ax = plt.subplots(figsize=(8, 3), layout="constrained")
sizes = {
    "the rows as an array": n_bytes,
    "limit of the job": LIMIT,
    "peak of the job, with Python and libraries": report["peak_memory"],
}
bars = ax.barh(list(sizes), [size / 2**20 for size in sizes.values()], color="#0072B2")
ax.bar_label(bars, [f"{size / 2**20:,.0f}" for size in sizes.values()], padding=2)
ax.invert_yaxis()
ax.margins(x=0.12)
ax.set(xlabel="MiB")

# %%
# The rows of the small class are in memory, because SMOTE searches their neighbors; all others
# pass through in blocks. The result has the rows that ``fit_resample`` would return.
