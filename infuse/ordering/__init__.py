"""The steps of an order: choices, phases, plan, cases, proof, and what was typed.

For: paper and the hand; an order that may not be given has no number in it.
"""
