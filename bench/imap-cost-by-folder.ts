import { fullProfile } from '../simulators/imap/testing/full-profile.ts';
import { stage } from '../simulators/imap/testing/stage.ts';
import { type Benchmark, median } from './figure.ts';

const smallCount = 1_000;
const largeCount = 100_000;
/** Messages looked at in each turn of each folder: both do the same work for the same figure. */
const turnMessages = 200_000;
const turns = 15;

const commands = [
  'SELECT INBOX',
  'FETCH 1:* (FLAGS)',
  'UID SEARCH UNSEEN',
  'UID SEARCH SUBJECT "number 77"',
  'UID SEARCH FROM bob OR LARGER 100 SINCE 1-Jan-2020',
] as const;

interface Folder {
  /** Microseconds of processor time that the server needs for one command, for each message of the folder. */
  microseconds(command: string): number;
}

/** A folder of an IMAP server in memory, whose client looks at the end of each answer and keeps nothing. */
function folderOf(count: number): Folder {
  const { deliver, signIn, events } = stage({ ...fullProfile, capabilitiesBefore: ['IMAP4rev1'] });
  for (let n = 1; n <= count; n += 1)
    deliver(`From: bob@beta.test\r\nSubject: number ${n}\r\nMessage-ID: <${n}@beta.test>\r\n\r\nbody\r\n`);
  const client = signIn();
  client.say('s SELECT INBOX');
  let last = '';
  client.write = (data) => {
    last = Buffer.from(data.slice(-200)).toString('latin1');
    return true;
  };
  return {
    microseconds(command) {
      const before = process.cpuUsage();
      for (let done = 0; done < turnMessages; done += count) {
        events.length = 0;
        client.say(`t ${command}`);
        if (!last.includes('t OK'))
          throw new Error(`${command} on ${count} messages was answered with ${last}`);
      }
      const { user, system } = process.cpuUsage(before);
      return (user + system) / turnMessages;
    },
  };
}

export const benchmark: Benchmark = {
  name: 'imap-cost-by-folder',
  async measure() {
    const small = folderOf(smallCount);
    const large = folderOf(largeCount);
    return commands.map((command) => {
      const turn = () => ({ small: small.microseconds(command), large: large.microseconds(command) });
      turn();
      turn();
      globalThis.gc?.();
      const taken = Array.from({ length: turns }, turn);
      const middle = (of: 'small' | 'large'): number => median(taken.map((one) => one[of]));
      // A SELECT costs the same on every folder: the cost of a message falls with their number.
      const ratio = median(taken.map((one) => one.large / one.small));
      return {
        what: `IMAP ${command}: cost per message at ${largeCount} messages against ${smallCount}`,
        asked: '≤ 1.0×',
        measured: `${ratio.toFixed(2)}× (${middle('large').toFixed(3)} against ${middle('small').toFixed(3)} µs)`,
        reached: ratio <= 1,
      };
    });
  },
};
