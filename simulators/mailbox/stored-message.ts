export interface StoredMessage {
  readonly id: string;
}
