"""`python -m bench [steps|sweep|board|desk|imports|calendar|notices|seals|search …]`: print the table; default: all."""

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import counting, desks, importing, notices, overseeing, seals, searching, steps, sweeping
from bench.places import Places, places
from bench.report import HEADING, Line

SUBJECTS: dict[str, Callable[[Places, argparse.Namespace], Iterator[Line]]] = {
    "steps": lambda kept, chosen: steps.measure(kept, chosen.count),
    "sweep": lambda kept, chosen: sweeping.measure(kept, chosen.terms),
    "board": lambda kept, chosen: overseeing.measure(kept, tuple(chosen.duties)),
    "search": lambda kept, chosen: searching.measure(kept, chosen.cases),
    "desk": lambda kept, chosen: desks.measure(kept, chosen.cases),
    "imports": lambda kept, chosen: importing.measure(kept, chosen.rows),
    "calendar": lambda kept, chosen: counting.measure(),
    "notices": lambda kept, chosen: notices.measure(chosen.sheets, chosen.notices),
    "seals": lambda kept, chosen: seals.measure(chosen.sheets),
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("subjects", nargs="*", choices=[*SUBJECTS, []], help="what to measure")
    parser.add_argument("--count", type=int, default=40, help="steps measured a side")
    parser.add_argument("--terms", type=int, default=sweeping.OPEN, help="open terms in the sweep")
    parser.add_argument("--duties", type=int, nargs="+", default=overseeing.SIZES, help="open duties of the board")
    parser.add_argument("--rows", type=int, default=importing.ROWS, help="rows imported")
    parser.add_argument("--sheets", type=int, default=15, help="sheets measured each way")
    parser.add_argument("--notices", type=int, default=1000, help="notices made by one child for its memory")
    parser.add_argument("--cases", type=int, default=searching.CASES, help="cases in the search and on the desk")
    parser.add_argument("--keep", type=Path, help="folder in which the cases of search and desk stay for another run")
    chosen = parser.parse_args()
    print(HEADING)
    with places(chosen.keep) as kept:
        for subject in chosen.subjects or SUBJECTS:
            for line in SUBJECTS[subject](kept, chosen):
                print(line, flush=True)


if __name__ == "__main__":
    main()
