"""What each metric tells, in one short phrase for somebody who never heard of it."""

PHRASES = {
    # drift
    "population_stability_index": "how much of the column moved between bins; 0 is none",
    "kolmogorov_smirnov": "largest gap between the two cumulative shares, 0 same to 1 apart",
    "wasserstein_distance": "how far the average row moved, in the baseline's standard deviations",
    "jensen_shannon_distance": "how unlike the two distributions are, 0 same to 1 apart",
    "hellinger_distance": "how little the two distributions overlap, 0 same to 1 apart",
    "correlation_change": "largest change of its correlation with another column, 0 to 2",
    "chi_square": "strength of the change in categories, 0 none to 1 complete",
    "unseen_category_share": "share of rows with a category the baseline never had",
    "missing_share_change": "how much more of the column is missing than in the baseline",
    # data
    "missing_share": "share of rows without a usable value",
    "row_count": "how many rows this window holds; none at all is a fault",
    "duplicate_id_share": "share of rows whose id is missing or occurs again",
    "latency_p95": "how long the slowest twentieth of predictions takes at least",
    "label_coverage": "share of rows whose true outcome is known yet",
    # performance
    "accuracy": "share of predictions that were right",
    "precision": "of those predicted positive, the share that were",
    "recall": "of the true positives, the share that was found",
    "f1_score": "precision and recall in one number, 1 is best",
    "roc_auc": "chance that a positive scores above a negative; 0.5 is guessing, 1 is perfect",
    "log_loss": "penalty for confident mistakes; lower is better",
    "brier_score": "mean squared distance of score and outcome; lower is better",
    "expected_calibration_error": "how far scores are from what then happens, on average",
    "mean_absolute_error": "how far off the average prediction is, in the target's unit",
    "root_mean_squared_error": "typical error in the target's unit; large ones count most",
    "r_squared": "share of the target's variance that is explained",
    "bias_proportion": "share of the squared error that is always to one side; 0 is none",
    "shap_additivity": "how far the contributions miss the output they should add up to",
    # fairness
    "demographic_parity_difference": "largest gap in the share selected between two groups",
    "demographic_parity_ratio": "lowest share selected divided by the highest; 1 is equal",
    "equal_opportunity_difference": "largest gap between groups in how many positives are found",
    "true_positive_rate_ratio": "lowest share of positives found divided by the highest",
    "false_positive_rate_difference": "largest gap between groups in false alarms",
    "false_positive_rate_ratio": "lowest share of false alarms divided by the highest",
}
