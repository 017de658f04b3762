import { batchRoutes } from './batch/batch-routes.ts';
import { deltaRoutes } from './delta/delta-routes.ts';
import type { GraphRoute } from './graph-route.ts';
import { listRoutes } from './lists/list-routes.ts';
import { mailFolderRoutes } from './resources/mail-folders.ts';
import { messageRoutes } from './resources/messages.ts';
import { sendRoutes } from './resources/send.ts';
import { subscriptionRoutes } from './subscriptions/subscription-routes.ts';

/** Every operation Graph serves. A resource has a file with its rows; add it here. */
export const routes: readonly GraphRoute[] = [
  ...messageRoutes,
  ...sendRoutes,
  ...mailFolderRoutes,
  ...listRoutes,
  ...deltaRoutes,
  ...subscriptionRoutes,
  ...batchRoutes,
];
