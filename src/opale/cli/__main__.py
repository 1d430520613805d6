"""`python -m opale.cli`: what `./opale` runs once the environment stands."""

from opale.cli.main import main

if __name__ == "__main__":
    main()
