/** A category of the user's own list (graph/api/resources/outlookcategory). */
export interface MasterCategory {
  readonly id: string;
  readonly displayName: string;
  /** `preset0` … `preset24`, or `none`. */
  readonly color: string;
}
