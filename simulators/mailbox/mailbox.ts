export interface Mailbox {
  readonly address: string;
}
