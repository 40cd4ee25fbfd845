"""`python -m tertulia.cli` is `tertulia`."""

from tertulia.cli.main import main

main()
