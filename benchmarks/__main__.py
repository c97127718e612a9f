"""All jobs: every candidate in turn, in fresh processes, for several rounds.

`python -m benchmarks [--rounds 5] [--json FILE]`

Read the shares of `bare`, taken in the same run: absolute times mean little on a shared machine.
"""

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

RUNS: list[tuple[str, list[str]]] = [
    ("benchmarks.j1_queue", ["bare"]),
    ("benchmarks.j1_queue", ["eventbus"]),
    ("benchmarks.j1_queue", ["eventbus-shallow", "-n", "20000"]),
    ("benchmarks.j1_queue", ["pyventus", "-n", "20000"]),
    ("benchmarks.j1_queue", ["taskiq", "-n", "10000"]),
    ("benchmarks.j2_fanout", ["bare"]),
    ("benchmarks.j2_fanout", ["eventbus", "-n", "5000"]),
    ("benchmarks.j2_fanout", ["pyventus", "-n", "5000"]),
    ("benchmarks.j3_async", ["bare"]),
    ("benchmarks.j3_async", ["eventbus"]),
    ("benchmarks.j3_async", ["taskiq", "-n", "10000"]),
    ("benchmarks.j4_rules", ["bare"]),
    ("benchmarks.j4_rules", ["eventbus"]),
    ("benchmarks.j4_rules", ["pyventus"]),
    ("benchmarks.j5_stream", ["bare"]),
    ("benchmarks.j5_stream", ["eventbus"]),
    ("benchmarks.j5_stream", ["eventbus, put_records"]),
    ("benchmarks.j5_stream", ["moto", "-n", "2000"]),
    ("benchmarks.j5_stream", ["ministack", "-n", "2000"]),
    ("benchmarks.plain_bus", ["bare"]),
    ("benchmarks.plain_bus", ["eventbus"]),
    ("benchmarks.plain_bus", ["pyventus"]),
    ("benchmarks.plain_bus", ["bubus", "-n", "1000"]),
    ("benchmarks.j9_doors", ["bare"]),
    *[
        ("benchmarks.j9_doors", [f"{way} {door}"])
        for way in ("translate", "eventbus")
        for door in ("alb", "rest", "http2", "url")
    ],
    *[("benchmarks.j10_serve", [candidate]) for candidate in ("bare", "serve url", "serve alb", "serve http2")],
    ("benchmarks.j6_startup", ["dependencies"]),
    ("benchmarks.j6_startup", ["eventbus"]),
    ("benchmarks.j7_memory", ["bare", "200000"]),
    ("benchmarks.j7_memory", ["eventbus", "200000"]),
]
SHOWN = ("cpu_us_per_op", "ops_per_s", "bytes_per_message", "import_ms", "first_message_ms", "peak_rss_mb")


def measure(rounds: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for number in range(rounds):
        for module, arguments in RUNS:
            command = [sys.executable, "-m", module, *arguments]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                print(f"left out: {module} {arguments[0]}: {done.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
                continue
            rows.append({**json.loads(done.stdout), "round": number})
    return rows


def table(rows: list[dict[str, Any]]) -> str:
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault((row["job"], row["candidate"]), []).append(row)
    lines = [f"{'job':4} {'candidate':18} {'of bare':>8}  medians"]
    for (job, candidate), group in groups.items():
        medians = {key: statistics.median(row[key] for row in group) for key in SHOWN if group[0].get(key)}
        bare = [row["cpu_us_per_op"] for row in groups.get((job, "bare"), []) if row["cpu_us_per_op"]]
        cpu = medians.get("cpu_us_per_op")
        share = f"{statistics.median(bare) / cpu:8.1%}" if bare and cpu else " " * 8
        ok = "" if all(row["ok"] for row in group) else "  WRONG COUNTS"
        lines.append(f"{job:4} {candidate:18} {share}  " + "  ".join(f"{k} {v:,.6g}" for k, v in medians.items()) + ok)
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows = measure(options.rounds)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1))
    print(table(rows))


if __name__ == "__main__":
    main()
