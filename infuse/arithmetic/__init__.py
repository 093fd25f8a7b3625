"""Numbers that keep their working: a patient's weights, doses, preparations, rounding, totals, times.

For: judgement and orders; nothing here says whether a number may be given.
"""
