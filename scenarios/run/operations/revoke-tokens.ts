import type { Performer } from './operation-performer.ts';

/** An administrator ends the sessions of the domain's application: what it holds opens nothing any more. */
export const revokeTokens: Performer<'revoke-tokens'> = async (operation, running) => {
  const service = running.world.provider(running.mailbox(operation.mailbox).domain).oauth?.service;
  for (const { clientId } of service?.apps ?? []) service?.revoke({ clientId, accessTokens: true });
};
