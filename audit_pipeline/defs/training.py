"""The example's training job: makes its model again and compares the digest."""

import dagster as dg

from audit_pipeline.defs.runs import home


@dg.op
def train_employment_ma(context: dg.OpExecutionContext) -> None:
    """Train the example's model with its fixed seed, into the home's `models` folder."""
    from audit_pipeline.examples.employment_ma import train as example  # noqa: PLC0415 (pyarrow)

    destination = home().path / "models" / "employment_ma.json"
    destination.parent.mkdir(exist_ok=True)
    digest = example.train(destination)
    same = digest == example.pinned_sha256()
    context.log.info("trained %s, SHA-256 %s", destination, digest)
    context.add_output_metadata(
        {
            "path": dg.MetadataValue.path(destination),
            "sha256": digest,
            "equals the pinned model": same,
        }
    )


@dg.job(description="Trains the example's model again: 70 % of 2015, fixed seed.")
def train() -> None:
    """Train the example's model."""
    train_employment_ma()
