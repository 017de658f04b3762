import type { GraphRoute } from './graph-route.ts';

/** Every operation Graph serves. A resource has a file with its rows; add it here. */
export const routes: readonly GraphRoute[] = [];
