"""`python -m publius.cli`: the program without its launcher."""

from publius.cli import main

main()
