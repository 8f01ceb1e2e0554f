"""Runs notebooks from top to bottom: `python execute.py NOTEBOOK...`; the program is LEVEKAAR's.

Outputs are not stored. Prints the seconds of each; exits with 1 and the cell where one fails.
"""

import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

LONGEST = 60

failed = False
for path in map(Path, sys.argv[1:]):
    book = nbformat.read(path, as_version=4)
    before = time.monotonic()
    try:
        NotebookClient(book, timeout=10 * LONGEST, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}).execute()
    except CellExecutionError as error:
        failed = True
        print(f"{path.name}: {error}", file=sys.stderr)
    seconds = time.monotonic() - before
    print(f"{path.name}: {seconds:.1f} s" + (" (more than a minute)" if seconds > LONGEST else ""))
sys.exit(1 if failed else 0)
