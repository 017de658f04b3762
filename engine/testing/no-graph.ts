import type { GraphAccess } from '../graph/graph-access.ts';

/** For tests in which nothing goes to Microsoft Graph. */
export const noGraph: GraphAccess = {
  client: () => {
    throw new Error('Nothing here may ask Microsoft Graph.');
  },
};
