"""`python -m survey.export.replication ZIP`: needs neither Flask nor a database."""

import sys

from .command import run

if __name__ == "__main__":
    sys.exit(run())
