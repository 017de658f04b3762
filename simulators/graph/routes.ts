import { batchRoutes } from './batch/batch-routes.ts';
import { deltaRoutes } from './delta/delta-routes.ts';
import type { GraphRoute } from './graph-route.ts';
import { listRoutes } from './lists/list-routes.ts';
import { attachmentRoutes } from './resources/attachments.ts';
import { categoryRoutes } from './resources/categories.ts';
import { mailFolderRoutes } from './resources/mail-folders.ts';
import { mailboxSettingsRoutes } from './resources/mailbox-settings.ts';
import { messageRoutes } from './resources/messages.ts';
import { sendRoutes } from './resources/send.ts';
import { translateIdsRoutes } from './resources/translate-ids.ts';
import { uploadRoutes } from './resources/upload-sessions.ts';
import { subscriptionRoutes } from './subscriptions/subscription-routes.ts';

/** Every operation Graph serves. A resource has a file with its rows; add it here. */
export const routes: readonly GraphRoute[] = [
  ...messageRoutes,
  ...sendRoutes,
  ...mailFolderRoutes,
  ...attachmentRoutes,
  ...uploadRoutes,
  ...categoryRoutes,
  ...mailboxSettingsRoutes,
  ...translateIdsRoutes,
  ...listRoutes,
  ...deltaRoutes,
  ...subscriptionRoutes,
  ...batchRoutes,
];
