"""``python -m twin``: the same door as the ``twin`` command."""

from twin.cli import main

if __name__ == "__main__":
    main()
