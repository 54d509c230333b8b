"""`python -m scoring.backtest FOLDER`: needs nothing of the survey."""

import sys

from .command import run

if __name__ == "__main__":
    sys.exit(run())
