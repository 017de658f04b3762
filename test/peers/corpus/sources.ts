import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const cache = '/var/cache/mailclock-peers';

/** Mail that nobody here wrote, where `install.sh` unpacked it from Debian's packages. Never copied into the repository. */
export const collections: readonly Collection[] = [
  {
    name: 'python-email',
    directory: `${cache}/libpython3.11-testsuite/usr/lib/python3.11/test/test_email/data`,
    accept: /^msg_\d+\w*\.txt$/,
    every: 1,
  },
  {
    name: 'flufl-bounce',
    directory: `${cache}/python3-flufl.bounce/usr/lib/python3/dist-packages/flufl/bounce/tests/data`,
    accept: /\.txt$/,
    every: 1,
  },
  ...['low-quality', 'mail', 'parts'].map((folder) => ({
    name: `enmime-${folder}`,
    directory: `${cache}/golang-github-jhillyerd-enmime-dev/usr/share/gocode/src/github.com/jhillyerd/enmime/testdata/${folder}`,
    accept: /\.raw$/,
    every: 1,
  })),
  {
    name: 'mime-tools',
    directory: `${cache}/libmime-explode-perl/usr/share/doc/libmime-explode-perl/examples/testmsgs`,
    accept: /\.msg$/,
    every: 1,
  },
  {
    name: 'dkim',
    directory: `${cache}/python3-dkim/usr/lib/python3/dist-packages/dkim/tests/data`,
    accept: /\.(msg|message)$/,
    every: 1,
  },
  ...['email', 'handlers', 'runners', 'utilities'].map((folder) => ({
    name: `mailman-${folder}`,
    directory: `${cache}/mailman3/usr/lib/python3/dist-packages/mailman/${folder}/tests/data`,
    accept: /\.eml$/,
    every: 1,
  })),
  {
    // 2,403 messages of one kind: every eighth is enough of them.
    name: 'spamassassin-ham',
    directory: `${cache}/golang-github-gatherstars-com-jwz-dev/usr/share/gocode/src/github.com/gatherstars-com/jwz/test/testdata/ham`,
    accept: /\.eml$/,
    every: 8,
  },
];

export interface Collection {
  readonly name: string;
  readonly directory: string;
  readonly accept: RegExp;
  /** Takes the first of every so many files, in the order of their names. */
  readonly every: number;
}

export interface ForeignMessage {
  /** `collection/file`, unique. */
  readonly name: string;
  readonly bytes: Buffer;
}

/** The whole corpus, in a fixed order. */
export function foreignMail(): ForeignMessage[] {
  return collections.flatMap(({ name, directory, accept, every }) =>
    readdirSync(directory)
      .filter((file) => accept.test(file))
      .sort()
      .filter((_, index) => index % every === 0)
      .map((file) => ({ name: `${name}/${file}`, bytes: readFileSync(join(directory, file)) })),
  );
}
