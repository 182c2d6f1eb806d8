"""What can be wrong with SQL that runs, by name."""

from enum import StrEnum


class SqlFault(StrEnum):
    """Kinds of faults; rules name them."""

    CROSS_JOIN = "cross_join"
    EVERY_COLUMN = "every_column"
    IMPLICIT_CAST = "implicit_cast"
    NON_DETERMINISTIC = "non_deterministic"
    UNFILTERED_PARTITION = "unfiltered_partition"
