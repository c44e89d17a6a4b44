"""check.py RULE ROOT: prints the violations of one rule of rules.py in the tracked files; exit status 1 if there are any."""
import sys
from pathlib import Path

from rules import RULES
from tree import Tree

violations = list(RULES[sys.argv[1]](Tree.tracked(Path(sys.argv[2]))))
for violation in violations:
    print(violation)
sys.exit(1 if violations else 0)
