"""``python -m servicekit``: the command line."""

import sys

from servicekit.cli import main

if __name__ == "__main__":
    sys.exit(main())
