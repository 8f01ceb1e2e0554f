"""Two commands in turn, A B A B: paired.py 'A' 'B' [RUNS]

Prints the median (min-max) of wall seconds, CPU seconds (user + system, children included) and
peak memory of the largest process for each, and the median of the ratios A/B pair by pair. One
warm-up run of each is not counted. Output of the commands is thrown away.
"""
import os
import shlex
import statistics
import subprocess
import sys
import time


def once(command):
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    if status != 0:
        sys.exit(f"{shlex.join(command)} ended with status {status}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    commands = [shlex.split(text) for text in sys.argv[1:3]]
    runs = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    measured = [[], []]
    for run in range(runs + 1):
        for at, command in enumerate(commands):
            figures = once(command)
            if run > 0:
                measured[at].append(figures)
    for k, name in enumerate(["wall s", "CPU s", "peak MiB"]):
        columns = [[figures[k] for figures in side] for side in measured]
        cells = [f"{statistics.median(c):8.3f} ({min(c):.3f}-{max(c):.3f})" for c in columns]
        ratio = statistics.median(a / b for a, b in zip(*columns))
        print(f"{name:9} A {cells[0]}   B {cells[1]}   A/B {ratio:.3f}")


main()
