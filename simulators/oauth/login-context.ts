import type { LimiterDefinition } from '../limits/limiter.ts';
import { createLimits } from '../limits/limits.ts';
import type { ServerContext } from '../server-context.ts';
import { oauthRoutes } from './oauth-routes.ts';

/** What the login host is handed: its own limits, apart from those of Graph, which rules and traces call by one name. */
export function loginContext(context: ServerContext): ServerContext {
  const { clock, trace, entropy, profile } = context;
  const ofLogin = ({ judgedAt }: LimiterDefinition): boolean =>
    oauthRoutes.some(({ operation }) => operation === judgedAt.command);
  const definitions = profile.limits.filter(ofLogin);
  return { ...context, limits: createLimits({ definitions, clock, trace, entropy }) };
}
