"""Do the live formulas of a funding workbook give the numbers that stand in their cells?

The formulas are computed anew with openpyxl's reading of them and Python's arithmetic.
"""

import math
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import openpyxl

PROGRAM = sys.argv[1]
DATA = Path(__file__).resolve().parents[2] / "datasets" / "omraadesatsinger-2019"
ROUNDING = 1e-6
CELL = r"\$?[A-Z]\$?\d+"


def rounded(x, _decimals):
    """ROUND of spreadsheets: halves go away from zero."""
    return math.copysign(math.floor(abs(x) + 0.5), x)


class Sheet:
    """Cells, computed when they are asked for."""

    def __init__(self, sheet):
        self.sheet, self.known = sheet, {}

    def value(self, address):
        address = address.replace("$", "")
        if address not in self.known:
            value = self.sheet[address].value
            if isinstance(value, str) and value.startswith("="):
                value = self.computed(value[1:])
            self.known[address] = 0 if value is None else value
        return self.known[address]

    def range(self, first, last):
        first, last = first.replace("$", ""), last.replace("$", "")
        rows = range(int(first[1:]), int(last[1:]) + 1)
        return [self.value(f"{first[0]}{row}") for row in rows]

    def computed(self, text):
        # Python computes both answers of a call; of a conditional, one.
        text = re.sub(r"^IF\((.*?)=(.*?),(.*?),(.*)\)$", r"(\3) if (\1)==(\2) else (\4)", text)
        text = re.sub(rf"({CELL}):({CELL})", r"span('\1','\2')", text)
        text = re.sub(rf"(?<!['A-Z$])({CELL})(?!['\d])", r"value('\1')", text)
        names = {
            "value": self.value,
            "span": self.range,
            "SUM": sum,
            "SUMPRODUCT": lambda x, y: sum(a * b for a, b in zip(x, y, strict=True)),
            "ROUND": rounded,
        }
        return eval(text, names)  # Formulas of our own making.


def check(book):
    formulas, kept = openpyxl.load_workbook(book), openpyxl.load_workbook(book, data_only=True)
    n_formulas = 0
    for sheet in formulas:
        live = Sheet(sheet)
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type != "f":
                    continue
                n_formulas += 1
                ours, theirs = kept[sheet.title][cell.coordinate].value, live.value(cell.coordinate)
                same = (
                    ours == theirs
                    if isinstance(ours, str)
                    else abs(ours - theirs) <= ROUNDING * max(1, abs(ours))
                )
                assert same, (sheet.title, cell.coordinate, cell.value, ours, theirs)
    return n_formulas


def in_libreoffice(book, folder):
    """LibreOffice opens the file, computes every formula anew, and gets the same."""
    subprocess.run(
        ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", "xlsx", "--outdir", f"{folder}/again", str(book)],
        check=True,
        capture_output=True,
    )
    kept = openpyxl.load_workbook(book, data_only=True)
    again = openpyxl.load_workbook(f"{folder}/again/{book.name}", data_only=True)
    assert kept.sheetnames == again.sheetnames, again.sheetnames
    n_compared = 0
    for sheet in kept:
        for row in sheet.iter_rows():
            for cell in row:
                ours, theirs = cell.value, again[sheet.title][cell.coordinate].value
                if isinstance(ours, (int, float)):
                    n_compared += 1
                    assert abs(ours - theirs) <= ROUNDING * max(1, abs(ours)), (sheet.title, cell.coordinate, ours, theirs)
                elif ours is not None:
                    assert ours == theirs, (sheet.title, cell.coordinate, ours, theirs)
    return n_compared


with tempfile.TemporaryDirectory() as folder:
    for funding, models in [
        (
            "funding.toml",
            ["today-2019", "modell-1-programfinansiering", "modell-2-full-sammenslaaing"],
        ),
        ("oslo.toml", ["today-2019", str(DATA / "oslo-need-times-people.toml")]),
    ]:
        book = Path(folder) / "funding.xlsx"
        command = [PROGRAM, "allocate", "compare", str(DATA / funding), *models, "-o", str(book)]
        subprocess.run(command, check=True, capture_output=True)
        n_formulas = check(book)
        assert n_formulas > 100, n_formulas
        print(funding, n_formulas)
        if shutil.which("soffice"):
            print(funding, in_libreoffice(book, folder), "numbers are the same in LibreOffice")
        else:
            print("skipped: LibreOffice (soffice) is not installed")
