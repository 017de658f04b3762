import type { Folder } from '../../mailbox/folder.ts';
import type { Mailbox } from '../../mailbox/mailbox.ts';

/** What happened to a message, as subscriptions name it. */
export type ChangeType = 'created' | 'updated' | 'deleted';

/** What Graph says of a subscription itself (change-notifications-lifecycle-events). */
export type LifecycleEvent = 'reauthorizationRequired' | 'missed' | 'subscriptionRemoved';

/** One app's wish to be told of changes in one mailbox. */
export interface Subscription {
  readonly id: string;
  /** Client id of the app that made it; nobody else sees it. */
  readonly appId: string;
  readonly tenant: string;
  /** As the client wrote it: `users/anna@alpha.test/mailFolders('inbox')/messages`. */
  readonly resource: string;
  readonly mailbox: Mailbox;
  /** Undefined: messages of every folder. */
  readonly folder: Folder | undefined;
  readonly changeTypes: readonly ChangeType[];
  notificationUrl: string;
  readonly lifecycleNotificationUrl: string | undefined;
  readonly clientState: string | undefined;
  expiresAtMs: number;
  /** Ids in notifications have the form that was asked for when it was made (outlook-immutable-id). */
  readonly immutableIds: boolean;
  /** Times it was renewed or reauthorized. */
  renewals: number;
}
