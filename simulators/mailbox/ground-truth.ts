export interface GroundTruth {
  readonly placeholder: never;
}
