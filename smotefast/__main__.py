"""``python -m smotefast`` is the command ``smotefast``."""

from smotefast.cli import main

if __name__ == "__main__":
    main()
