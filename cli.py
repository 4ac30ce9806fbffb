"""Launcher for people who work in a checkout: python cli.py analyse fixtures/county --out out."""

from ocgnet.cli import main

if __name__ == "__main__":
    main()
