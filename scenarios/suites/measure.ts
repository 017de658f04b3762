import { type Outcome, withViolations } from '../outcome.ts';
import type { Measurement } from '../result.ts';

/** A number and the bounds its law gives it. */
export function measured(
  name: string,
  profile: string,
  unit: string,
  value: number,
  predicted: Measurement['predicted'],
): Measurement {
  const holds = value >= predicted.atLeast && value <= predicted.atMost;
  return { name, profile, unit, predicted, measured: value, holds };
}

/** The outcome with what a suite measured; a number outside its law is a violation of the suite's law. */
export function withMeasurements(
  outcome: Outcome,
  suite: string,
  measurements: readonly Measurement[],
): Outcome {
  const broken = measurements.filter((one) => !one.holds);
  return withViolations(
    { ...outcome, measurements: [...outcome.measurements, ...measurements] },
    broken.map((one) => ({
      invariant: suite,
      text: `${one.name} is ${one.measured} ${one.unit}; the law says ${bounds(one.predicted)}`,
    })),
  );
}

function bounds({ atLeast, atMost }: Measurement['predicted']): string {
  return atLeast === atMost ? `exactly ${atLeast}` : `${atLeast} to ${atMost}`;
}
