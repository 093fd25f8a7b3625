"""Whether it may be given: limits, screening, contraindications, interactions.

For: orders; every answer is an alert, or a box that is still open.
"""
