"""check_requirements.py FILE: exit status 0 if this Python has every NAME==VERSION of a requirements file."""
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

for line in Path(sys.argv[1]).read_text().splitlines():
    name, _, wanted = line.partition("#")[0].strip().partition("==")
    try:
        if name and version(name) != wanted:
            sys.exit(f"{name} is {version(name)}, not {wanted}")
    except PackageNotFoundError:
        sys.exit(f"{name} is missing")
