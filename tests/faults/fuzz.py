"""Fuzzes one parser, guided by the code that its inputs reach: `python -m faults.fuzz csv -max_total_time=600`.

What follows the parser's name is libFuzzer's. Needs requirements/fuzz.txt, which `make faults` installs beside the rest.
"""

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["toteboard"]):
    from faults.parsers import PARSERS


def main() -> None:
    name = sys.argv[1]
    parse, inputs = PARSERS[name]
    with tempfile.TemporaryDirectory() as corpus:
        for number, content in enumerate(inputs()):
            (Path(corpus) / str(number)).write_bytes(content)
        arguments = [
            sys.argv[0],
            corpus,
            f"-artifact_prefix={name}-",
            "-timeout=20",
            "-rss_limit_mb=4000",
            *sys.argv[2:],
        ]
        atheris.Setup(arguments, parse)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
