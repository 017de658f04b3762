import type { CampaignEvents } from '../../scenarios/campaign/campaign.ts';
import type { Written } from '../../scenarios/campaign/write-result.ts';
import type { RunResult } from '../../scenarios/result.ts';

/** The part of a terminal stream a reporter needs. */
export interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Prints a campaign: progress while it runs (to `errors`), the result at its end (to `output`). */
export interface Reporter extends CampaignEvents {
  onEnd(result: RunResult, written: Written): void;
}

export type MakeReporter = (output: Output, errors: Output) => Reporter;
