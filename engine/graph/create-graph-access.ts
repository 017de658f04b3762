import { Crowd } from './crowd.ts';
import type { GraphAccess, GraphClientOptions, GraphProfile } from './graph-access.ts';
import type { GraphSurroundings } from './graph-surroundings.ts';
import { Hold } from './hold.ts';
import { RequestingClient } from './requesting-client.ts';
import { Turnstile } from './turnstile.ts';

/** Exchange Online serves so many requests of one application to one mailbox at a time (documented). */
const requestsPerMailbox = 4;

/** Keeps turns and waits by mailbox, profile and application for as long as the engine lives. */
export function createGraphAccess(around: GraphSurroundings): GraphAccess {
  const mailboxTurns = new Map<string, Turnstile>();
  const profileTurns = new Map<string, Turnstile>();
  const holds = new Map<string, Hold>();
  const crowds = new Map<string, Crowd>();
  const origins = new Map<string, string>();

  const turnsOf = (turns: Map<string, Turnstile>, key: string, limit: number): Turnstile => {
    const known = turns.get(key);
    if (known !== undefined) {
      known.limit = limit;
      return known;
    }
    const turnstile = new Turnstile(limit);
    turns.set(key, turnstile);
    return turnstile;
  };
  const holdOf = (key: string): Hold => {
    const known = holds.get(key);
    if (known !== undefined) return known;
    const hold = new Hold();
    holds.set(key, hold);
    return hold;
  };
  const crowdOf = (key: string): Crowd => {
    const known = crowds.get(key);
    if (known !== undefined) return known;
    const crowd = new Crowd();
    crowds.set(key, crowd);
    return crowd;
  };
  const originOf = (baseUrl: string): string => {
    const known = origins.get(baseUrl);
    if (known !== undefined) return known;
    const origin = URL.canParse(baseUrl) ? new URL(baseUrl).origin : '';
    origins.set(baseUrl, origin);
    return origin;
  };

  return {
    client(given: GraphClientOptions) {
      const { profile, mailbox } = given;
      const app = appOf(profile);
      const owner = `${profile.graph.baseUrl}\n${mailbox.credential.username.toLowerCase()}`;
      return new RequestingClient(around, given, {
        turns: [
          turnsOf(mailboxTurns, owner, requestsPerMailbox),
          turnsOf(profileTurns, profile.id, profile.maxConcurrentConnections),
        ],
        mailbox: holdOf(owner),
        app: holdOf(app),
        crowd: crowdOf(app),
        origin: originOf(profile.graph.baseUrl),
      });
    },
  };
}

function appOf({ graph }: GraphProfile): string {
  return `${graph.authority}\n${graph.clientId}`;
}
