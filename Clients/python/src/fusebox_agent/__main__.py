"""Runs an unchanged program as an agent of fusebox: ``python -m fusebox_agent agent.py``."""

from ._cli import python

python()
