"""``python -m smotefast`` runs a program under the patch, or the command ``smotefast``."""

import sys

from smotefast.patch.program import is_program, run_program

if __name__ == "__main__":
    if is_program(sys.argv[1:]):
        run_program(sys.argv[1:])
    else:
        from smotefast.cli import main

        main()
