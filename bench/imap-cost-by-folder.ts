import { fullProfile } from '../simulators/imap/testing/full-profile.ts';
import { stage } from '../simulators/imap/testing/stage.ts';
import { type Benchmark, median, wallNow } from './figure.ts';

const smallCount = 1_000;
const largeCount = 100_000;
const smallRounds = 60;
const largeRounds = 3;

const commands = [
  'SELECT INBOX',
  'FETCH 1:* (FLAGS)',
  'UID SEARCH UNSEEN',
  'UID SEARCH SUBJECT "number 77"',
  'UID SEARCH FROM bob OR LARGER 100 SINCE 1-Jan-2020',
] as const;

interface Folder {
  readonly count: number;
  /** Wall microseconds that the server needs for one command, for each message of the folder. */
  microseconds(command: string): number;
}

/** A folder of an IMAP server in memory; its client is there at once and costs next to nothing. */
function folderOf(count: number): Folder {
  const { deliver, signIn, events } = stage({ ...fullProfile, capabilitiesBefore: ['IMAP4rev1'] });
  for (let n = 1; n <= count; n += 1)
    deliver(`From: bob@beta.test\r\nSubject: number ${n}\r\nMessage-ID: <${n}@beta.test>\r\n\r\nbody\r\n`);
  const client = signIn();
  client.say('s SELECT INBOX');
  return {
    count,
    microseconds(command) {
      events.length = 0;
      const start = wallNow();
      const said = client.say(`t ${command}`);
      const spent = (wallNow() - start) / 1e3;
      if (!said.slice(-500).includes('\r\nt OK'))
        throw new Error(`${command} on ${count} messages was answered with ${said.slice(-200)}`);
      return spent / count;
    },
  };
}

function middle(folder: Folder, command: string, rounds: number): number {
  return median(Array.from({ length: rounds }, () => folder.microseconds(command)));
}

export const benchmark: Benchmark = {
  name: 'imap-cost-by-folder',
  async measure() {
    const small = folderOf(smallCount);
    const large = folderOf(largeCount);
    return commands.map((command) => {
      middle(small, command, smallRounds);
      const before = middle(small, command, smallRounds);
      const big = middle(large, command, largeRounds);
      const after = middle(small, command, smallRounds);
      // A SELECT costs the same on every folder: the cost of a message falls with their number.
      const ratio = big / ((before + after) / 2);
      return {
        what: `IMAP ${command}: cost per message at ${largeCount} messages against ${smallCount}`,
        asked: '≤ 1.0×',
        measured: `${ratio.toFixed(2)}× (${big.toFixed(3)} µs against ${before.toFixed(3)} and ${after.toFixed(3)} µs)`,
        reached: ratio <= 1,
      };
    });
  },
};
