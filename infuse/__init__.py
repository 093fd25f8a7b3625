"""infuse: from a protocol file and a patient weight to a unit-checked infusion order sheet."""

__version__ = "0.1.0"
