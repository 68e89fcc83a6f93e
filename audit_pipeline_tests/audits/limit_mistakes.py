"""Limits in the right file that cannot be meant, and what is said of them."""

BOUNDS = "{against: change, warn: 0.01, fail: 0.03}"

LIMIT_MISTAKES: dict[str, tuple[tuple[str, str], str]] = {
    "numbers that say not what they are held against": (
        (BOUNDS, "{warn: 0.8, fail: 0.75}"),
        (
            "29: limits.roc_auc: 0.8 would mean a worsening by 0.8 against the baseline, in the"
            " metric's own unit; write `against: change` if it is meant so, or `against: value` to"
            " limit the number itself"
        ),
    ),
    "a number that is a share or not": (
        (f"roc_auc: {BOUNDS}", "mean_absolute_error: {fail: 20}"),
        (
            "29: limits.mean_absolute_error: 20 would mean a worsening by 20 times the baseline's"
            " number; write `against: relative_change` if it is meant so, or `against: value`"
        ),
    ),
    "such a number for one column": (
        (BOUNDS, "{subjects: {age: {fail: 0.75}}}"),
        (
            "29: limits.roc_auc.subjects.age: 0.75 would mean a worsening by 0.75 against the"
            " baseline"
        ),
    ),
    "another comparison without a number": (
        (BOUNDS, "{against: value}"),
        (
            "29: limits.roc_auc: with `against: value` the metric's own limits do not hold; give"
            " `warn`, `fail` or both"
        ),
    ),
    "no number at all": (
        (BOUNDS, "{warn: null, fail: null}"),
        (
            "29: limits.roc_auc: without `warn` and `fail` it always passes; give one, or"
            " `skip: true` and a reason"
        ),
    ),
    "a warning above the failure": (
        (BOUNDS, "{against: change, warn: 0.1}"),
        (
            "29: limits.roc_auc: the warning limit 0.1 is beyond the failure limit 0.05; `warn`"
            " must not be above `fail` (what is left out keeps the metric's default)"
        ),
    ),
    "a warning below the failure": (
        (BOUNDS, "{against: value, warn: 0.7, fail: 0.8}"),
        (
            "29: limits.roc_auc: the warning limit 0.7 is beyond the failure limit 0.8; `warn`"
            " must not be below `fail` (what is left out keeps the metric's default)"
        ),
    ),
    "a limit that is not a number": (
        (BOUNDS, "{against: value, warn: .nan, fail: 0.8}"),
        ("29: limits.roc_auc: the warning limit nan is beyond the failure limit 0.8;"),
    ),
    "a skip of one column": (
        (
            "{against: change, warn: 0.01, fail: 0.03}",
            "{subjects: {age: {skip: true, reason: noise}}}",
        ),
        ("29: limits.roc_auc.subjects.age.skip: unknown key 'skip'; take it out or correct it"),
    ),
}
