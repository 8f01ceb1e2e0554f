"""The workbook as openpyxl reads it: numbers are numbers, ids and names are text, formulas are ours.

Called as `python workbook.py PATH-OF-LEVEKAAR`. Where LibreOffice is installed it must open the
file too and give back the same numbers, formulas computed.
"""

import csv
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import openpyxl

program = sys.argv[1]
PROJECT = "datasets/oslo-bydeler-2013/project.toml"


def sheet(book, name):
    rows = list(book[name].iter_rows(values_only=True))
    return [dict(zip(rows[0], row)) for row in rows[1:]]


def close(a, b):
    return abs(a - b) <= 1e-12 * max(1.0, abs(b))


with tempfile.TemporaryDirectory() as folder:
    subprocess.run([program, "run", PROJECT, "-o", folder, "-q", "--language", "en"], check=True, stdout=subprocess.DEVNULL)
    path = Path(folder) / "results.xlsx"
    books = {"openpyxl": openpyxl.load_workbook(path)}
    if not shutil.which("soffice"):
        print("skipped: LibreOffice (soffice) is not installed, so that only openpyxl reads the workbook")
    else:
        subprocess.run(
            ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", "xlsx", "--outdir", f"{folder}/lo", str(path)],
            check=True, stdout=subprocess.DEVNULL,
        )
        books["LibreOffice"] = openpyxl.load_workbook(f"{folder}/lo/results.xlsx", data_only=True)
    with open(Path(folder) / "ranking.csv", encoding="utf-8", newline="") as file:
        ranking = {row["area"]: row for row in csv.DictReader(file)}
    for reader, book in books.items():
        assert book.sheetnames[0] == "Read me", (reader, book.sheetnames)
        areas = sheet(book, "Areas")
        assert len(areas) == len(ranking) == 15, reader
        for row in areas:
            expected = ranking[row["Id"]]
            assert isinstance(row["Id"], str), (reader, row)
            assert row["Name"] == expected["name"], (reader, row)
            assert close(row["Score"], float(expected["score"])), (reader, row)
            assert row["Rank"] == float(expected["rank"]), (reader, row)
        parts = sheet(book, "Parts of the score")
        for row in parts:
            if reader == "openpyxl":
                assert row["Sum"].startswith("=SUM("), row
            else:
                assert close(row["Sum"], row["Score"]), (reader, row)
        reasons = sheet(book, "Selection")
        assert {row["Selection"] for row in reasons} <= {"Selected", "Not selected", "Undecided"}
        # LibreOffice without a window writes no frozen panes.
        assert reader != "openpyxl" or book["Areas"].freeze_panes == "C2", book["Areas"].freeze_panes
        assert book["Areas"].auto_filter.ref, reader
        # The project shares out money: a sheet a model, whose check holds.
        for model in ["today-2019", "oslo-need-times-people"]:
            page = book[model]
            assert page["A9"].value == "030101" and page["B3"].value == 145_764_000, (reader, model)
            if reader == "openpyxl":
                assert page["B6"].value.startswith("=IF("), (reader, page["B6"].value)
            else:
                assert page["B6"].value == "OK", (reader, model, page["B6"].value)
            for row in page.iter_rows():
                for cell in row:
                    assert cell.data_type != "e", (reader, model, cell.coordinate, cell.value)
    print("ok:", ", ".join(books))

# Names that look like formulas are text; nothing but our sums is a formula.
with tempfile.TemporaryDirectory() as folder:
    names = ["=1+1", "+2", "-3+4", "@SUM(A1)", "=cmd|' /C calc'!A0"]
    table = Path(folder) / "table.csv"
    with open(table, "w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "name", "median_income", "low_education", "employment", "dropout", "child_poverty"])
        for at, name in enumerate(names):
            rows.writerow([f"00{at}", name, 300000 + 1000 * at, 10 + at, 60 + at * at, 20 - at, 5 + 3 * at])
    path = Path(folder) / "x.xlsx"
    subprocess.run(
        [program, "workbook", str(table), "--index", "no-levekaar-5", "--id", "id", "--name", "name", "-o", str(path), "-q"],
        check=True, stdout=subprocess.DEVNULL,
    )
    book = openpyxl.load_workbook(path)
    seen = set()
    for page in book:
        for row in page.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    assert cell.value.startswith("=SUM("), (page.title, cell.value)
                if cell.value in names:
                    assert cell.data_type == "s", (page.title, cell.coordinate, cell.value)
                    seen.add(cell.value)
                if isinstance(cell.value, str) and cell.value.startswith("00"):
                    assert cell.data_type == "s", cell.coordinate
    assert seen == set(names), seen
    print("ok: names that look like formulas are text")
