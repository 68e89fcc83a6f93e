"""What a column's name says about its role."""

import re
from collections.abc import Iterable

WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
GROUPS = frozenset(
    [
        "sex",
        "gender",
        "race",
        "ethnicity",
        "ethnic",
        "marital",
        "religion",
        "nationality",
        "disability",
        "disabled",
        "nativity",
        "caste",
        "orientation",
        "protected",
    ]
)
AGE_BANDS = frozenset(["group", "cat", "category", "band", "bracket", "class", "range"])
TIME_FIRST = ("timestamp", "time", "datetime", "date", "day", "created", "year")
WEIGHTS = frozenset({"weight", "weights", "sample_weight", "pwgtp", "w"})
VERSIONS = frozenset({"model_version", "version", "model_id", "scored_by"})
TARGETS = (
    *("y_true", "ytrue", "target", "label", "actual", "ground_truth", "truth", "outcome", "y"),
    *(
        "class",
        "repaid",
        "survived",
        "churn",
        "churned",
        "default",
        "defaulted",
        "fraud",
        "is_fraud",
    ),
)
PREDICTIONS = (
    *("y_pred", "ypred", "prediction", "predicted", "predicted_class", "predicted_label", "pred"),
    *("decision", "approved", "granted"),
)
SCORES = (
    *("y_pred_proba", "score", "probability", "proba", "prob", "predicted_probability", "y_score"),
    *("prediction_score", "predicted_score", "confidence", "likelihood", "risk_score"),
)
OUTPUTS = frozenset(["score", "prediction", "predicted", "pred", "proba", "probability"])
AFTER = frozenset(
    ["outcome", "final", "closed", "resolved", "settled", "refund", "refunded", "chargeback"]
)
SURVIVAL = frozenset({"event", "start", "end", "stop", "censored", "time_to_event"})
"""Columns of tables made for survival analysis, filled in when the outcome is known."""
BEFORE = frozenset({"prev", "previous", "prior", "past", "earlier", "history"})
"""Words of what was known before: an earlier loan that was repaid tells nothing of this one."""
CODED = frozenset({"id", "code", "zone"})
"""Words of numbers that only name something."""
COUNTED = frozenset(
    [
        "age",
        "count",
        "counts",
        "number",
        "num",
        "amount",
        "years",
        "days",
        "hours",
        "length",
        "duration",
        "distance",
        "total",
        "tenure",
        "price",
        "income",
    ]
)
PERSONAL = {
    "a name": ("firstname", "lastname", "surname", "forename", "fullname", "maiden"),
    "an e-mail address": ("email", "mail"),
    "a telephone number": ("phone", "telephone", "mobile", "fax"),
    "an address": ("address", "street", "postcode", "zipcode", "zip"),
    "a national or account number": ("ssn", "iban", "passport", "nin"),
    "a birth date": ("dob", "birthdate", "birthday", "birth"),
    "a network address": ("ip", "ipaddress"),
}
WHOSE = frozenset(
    [
        "first",
        "last",
        "full",
        "middle",
        "customer",
        "client",
        "patient",
        "person",
        "user",
        "employee",
        "applicant",
        "name",
    ]
)
SHARED = 4
"""Letters from which on a word that two names share makes them speak of one thing."""


def words(name: str) -> tuple[str, ...]:
    """Return the words of a column's name.

    >>> words("firstName"), words("two_year_recid"), words("PClass")
    (('first', 'name'), ('two', 'year', 'recid'), ('p', 'class'))
    """
    return tuple(word.lower() for word in WORDS.findall(name))


def is_group(name: str) -> bool:
    """Return whether a name is that of a protected attribute.

    >>> is_group("age_cat"), is_group("SexCode"), is_group("age")
    (True, True, False)
    """
    said = set(words(name))
    return bool(said & GROUPS) or ("age" in said and bool(said & AGE_BANDS))


def personal_name(name: str) -> str | None:
    """Return what about a person a column seems to hold by its name, None if nothing.

    >>> personal_name("Name"), personal_name("customerEmail"), personal_name("file_name")
    ('a name', 'an e-mail address', None)
    """
    said = words(name)
    if "name" in said and set(said) <= WHOSE:
        return "a name"
    known = {*said, "".join(said)}
    return next((what for what, told in PERSONAL.items() if known & set(told)), None)


def is_output(name: str) -> bool:
    """Return whether a name is that of what a model said."""
    return bool(set(words(name)) & OUTPUTS)


def known_after(name: str, target: str | None) -> str | None:
    """Return why a column seems to be known only after the outcome, None if it does not.

    >>> known_after("is_recid", "two_year_recid")
    "its name shares 'recid' with the target's"
    """
    said = words(name)
    if name.lower() in SURVIVAL:
        return "its name is one of survival tables, which are filled in afterwards"
    if BEFORE & set(said):
        return None
    for word in said:
        if word in AFTER:
            return f"its name says {word!r}"
        if target is not None and len(word) >= SHARED and word in words(target):
            return f"its name shares {word!r} with the target's"
    return None


def first_named(names: Iterable[str], known: Iterable[str]) -> str | None:
    """Return the column whose name comes first in `known`, whatever its case and separators."""
    spelt = {"".join(words(name)): name for name in names}
    return next((spelt["".join(words(k))] for k in known if "".join(words(k)) in spelt), None)
