"""Where documents go: a terminal, a file, a printer.

For: the command line.
"""
