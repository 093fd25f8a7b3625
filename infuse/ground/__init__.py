"""Text and numbers: units, ranges, the grammar of quantities, YAML with its places.

For: every floor above; it knows no drug, no patient and no file but as text.
"""
