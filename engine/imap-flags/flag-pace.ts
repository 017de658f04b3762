/** How much of a folder's flags is read and written in one cycle, and how often what nobody tells of is asked for. */
export interface FlagPace {
  /** Changes told by the server (CHANGEDSINCE) that are taken in one cycle. */
  readonly changesPerCycle: number;
  /** Messages asked one by one for their flags in one cycle. */
  readonly askedPerCycle: number;
  /** Of these the newest are asked for each time all of a folder is asked for anew: what is new changes most. */
  readonly newestPerCycle: number;
  /** Emails whose flags are written, or read for the first time, in one cycle. */
  readonly settledPerCycle: number;
  /** All flags of a folder are asked for this often where the server keeps no MODSEQ. */
  readonly askAllMs: number;
  /** And where it does: for what a server left out when it told of changes. */
  readonly checkAllMs: number;
}

const minute = 60_000;

/** All ours. */
export const flagPace: FlagPace = {
  changesPerCycle: 10_000,
  askedPerCycle: 5_000,
  newestPerCycle: 500,
  settledPerCycle: 5_000,
  askAllMs: 15 * minute,
  checkAllMs: 24 * 60 * minute,
};
