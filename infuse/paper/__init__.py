"""What an order, a protocol or a form says, in which order, and how each medium shows it.

For: the hand; nothing is computed here.
"""
