import type { Scenario } from './scenario.ts';

/** Whether a smaller scenario still fails in the same way. */
export type StillFails = (candidate: Scenario) => Promise<boolean>;

export interface Shrunk {
  readonly scenario: Scenario;
  readonly tried: number;
}

/**
 * Makes a failing scenario smaller for as long as it fails in the same way: fewer operations and rules first (halves,
 * then singles), then mailboxes and providers nobody needs, then smaller numbers. Draws are keyed by name, so what
 * remains behaves as it did before. Stops after `maxTries` runs with the smallest found so far.
 */
export async function shrink(failing: Scenario, stillFails: StillFails, maxTries = 300): Promise<Shrunk> {
  let scenario = failing;
  let tried = 0;
  const attempt = async (candidate: Scenario): Promise<boolean> => {
    if (tried >= maxTries || sizeOf(candidate) >= sizeOf(scenario)) return false;
    tried += 1;
    if (!(await stillFails(candidate))) return false;
    scenario = candidate;
    return true;
  };
  for (;;) {
    const before = sizeOf(scenario);
    await removeFrom('operations', () => scenario, attempt);
    await removeFrom('rules', () => scenario, attempt);
    await removeFrom('plugIns', () => scenario, attempt);
    await attempt(withoutUnused(scenario));
    for (const simpler of simplifications(scenario)) await attempt(simpler(scenario));
    if (sizeOf(scenario) >= before || tried >= maxTries) return { scenario, tried };
  }
}

/** What shrinking brings down: the length of the scenario's text, with counts and sizes weighing by their digits. */
export function sizeOf(scenario: Scenario): number {
  const counts = scenario.operations.reduce(
    (sum, operation) => sum + ('count' in operation ? operation.count : 1),
    0,
  );
  return JSON.stringify(scenario).length + counts;
}

type ListName = 'operations' | 'rules' | 'plugIns';

async function removeFrom(
  list: ListName,
  current: () => Scenario,
  attempt: (candidate: Scenario) => Promise<boolean>,
): Promise<void> {
  let chunk = Math.ceil(current()[list].length / 2);
  while (chunk >= 1) {
    let at = 0;
    while (at < current()[list].length) {
      const from = current();
      const rest = [...from[list].slice(0, at), ...from[list].slice(at + chunk)];
      if (!(await attempt({ ...from, [list]: rest }))) at += chunk;
    }
    chunk = chunk === 1 ? 0 : Math.ceil(chunk / 2);
  }
}

function withoutUnused(scenario: Scenario): Scenario {
  const named = new Set(scenario.operations.flatMap((one) => ('mailbox' in one ? [one.mailbox] : [])));
  const addresses = JSON.stringify([scenario.operations, scenario.rules]);
  const needed = scenario.mailboxes.filter(
    (mailbox) => named.has(mailbox.id) || addresses.includes(`${mailbox.id}@${mailbox.domain}`),
  );
  const mailboxes = needed.length > 0 ? needed : scenario.mailboxes.slice(0, 1);
  const domains = new Set(mailboxes.map((mailbox) => mailbox.domain));
  return { ...scenario, mailboxes, providers: scenario.providers.filter((one) => domains.has(one.domain)) };
}

/** Each makes one thing simpler; those that change nothing are not tried, as they are no smaller. */
function simplifications(scenario: Scenario): ((from: Scenario) => Scenario)[] {
  const steps: ((from: Scenario) => Scenario)[] = [
    (from) => ({ ...from, latencyMs: 0 }),
    (from) => ({ ...from, quietMs: 0 }),
    (from) => ({ ...from, faultsUntilMs: 0 }),
    ...Object.keys(scenario.settings).map((name) => (from: Scenario) => ({
      ...from,
      settings: Object.fromEntries(Object.entries(from.settings).filter(([key]) => key !== name)),
    })),
  ];
  for (const { id } of scenario.operations) {
    const smaller: Record<string, string | number>[] = [
      { count: 1 },
      { count: 2 },
      { sizeBytes: 100 },
      { copies: 1 },
      { everyMs: 0 },
      { shape: 'plain' },
    ];
    for (const change of smaller) {
      steps.push((from) => ({
        ...from,
        operations: from.operations.map((operation) =>
          operation.id === id ? simpler(operation, change) : operation,
        ),
      }));
    }
    steps.push((from) => ({
      ...from,
      operations: from.operations.map((operation) =>
        operation.id === id && operation.do === 'queue-email'
          ? { ...operation, to: operation.to.slice(0, 1) }
          : operation,
      ),
    }));
  }
  return steps;
}

/** The operation with one of its own fields made simpler; a field it does not have is not added. */
function simpler(
  operation: Scenario['operations'][number],
  change: Record<string, string | number>,
): Scenario['operations'][number] {
  const [[name, value] = ['', 0]] = Object.entries(change);
  const own: unknown = Reflect.get(operation, name);
  if (own === undefined || (typeof own === 'number' && typeof value === 'number' && own <= value))
    return operation;
  return { ...operation, [name]: value };
}
