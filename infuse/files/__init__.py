"""What a pharmacist's files say: protocols, drugs, sets, tables, their keys, their library, and whether they agree.

For: every floor above; the words of a patient's facts stand here too, because files speak of them.
"""
