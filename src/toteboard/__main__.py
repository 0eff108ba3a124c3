"""`python -m toteboard` is `toteboard`."""

from toteboard.cli import main

if __name__ == "__main__":
    main()
