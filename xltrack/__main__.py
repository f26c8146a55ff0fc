"""``python -m xltrack``."""

from xltrack.cli import main

if __name__ == "__main__":
    main()
