"""`python -m api.cli` is the `hengfu` command."""

from api.cli.main import main

main()
