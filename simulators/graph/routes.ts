import { deltaRoutes } from './delta/delta-routes.ts';
import type { GraphRoute } from './graph-route.ts';
import { listRoutes } from './lists/list-routes.ts';
import { subscriptionRoutes } from './subscriptions/subscription-routes.ts';

/** Every operation Graph serves. A resource has a file with its rows; add it here. */
export const routes: readonly GraphRoute[] = [...listRoutes, ...deltaRoutes, ...subscriptionRoutes];
