"""`python -m survey` is `parley`, where its script is not on the path."""

from .cli import main

main()
