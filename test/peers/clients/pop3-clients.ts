import { chmodSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../requirements.ts';
import { type Finished, run } from '../servers/child.ts';
import { makeMaildir } from './maildir.ts';
import { privateFile } from './private-file.ts';

export type Security = 'none' | 'stls' | 'tls';

/** A mailbox on some POP3 server on this machine. */
export interface PopMailbox {
  readonly port: number;
  readonly security: Security;
  readonly login: string;
  readonly password: string;
  readonly caFile: string;
}

export interface Pop3Client {
  readonly name: string;
  /** Fetches every message and deletes none; in the order of the mailbox. */
  readonly fetch: (from: PopMailbox, directory: string) => Promise<Buffer[]>;
  /** Takes back what the client itself did to the bytes it was sent; `does` says what that is. */
  readonly restore: (fetched: Buffer) => Buffer;
  readonly does: string;
  readonly securities: readonly Security[];
  /** Messages it hands on unharmed, where it does not hand on all. */
  readonly takes?: (wire: Buffer) => boolean;
}

const everySecurity = ['none', 'stls', 'tls'] as const;

const asTheyCame = (fetched: Buffer) => fetched;
const wireLines = (fetched: Buffer) =>
  Buffer.from(fetched.toString('latin1').replaceAll('\n', '\r\n'), 'latin1');
const unixFiles = 'it writes files with the line ends of this system';

export const pop3Clients: readonly Pop3Client[] = [
  {
    name: 'curl',
    restore: asTheyCame,
    does: 'it writes what it was sent',
    securities: everySecurity,
    fetch: async (from, directory) => {
      const server = `${from.security === 'tls' ? 'pop3s' : 'pop3'}://localhost:${from.port}`;
      const common = [
        `user = "${from.login}:${from.password}"`,
        `cacert = "${from.caFile}"`,
        'silent',
        'show-error',
      ];
      if (from.security === 'stls') common.push('ssl-reqd');
      const listing = await curl([...common, `url = "${server}/"`]);
      const count = listing.stdout.toString().trim().split('\r\n').filter(Boolean).length;
      if (count === 0) return [];
      await curl([...common, `url = "${server}/[1-${count}]"`, `output = "${directory}/#1.eml"`]);
      return Array.from({ length: count }, (_, at) => readFileSync(join(directory, `${at + 1}.eml`)));
    },
  },
  {
    name: 'poplib',
    restore: asTheyCame,
    does: 'it gives the lines it was sent',
    securities: everySecurity,
    fetch: async (from, directory) => {
      const script = new URL('poplib_fetch.py', import.meta.url).pathname;
      await must(
        run('/usr/bin/python3', [script, `${from.port}`, from.login, directory, from.security, from.caFile], {
          input: `${from.password}\n`,
        }),
      );
      return filesIn(directory);
    },
  },
  {
    name: 'mpop',
    restore: wireLines,
    does: unixFiles,
    securities: everySecurity,
    fetch: async (from, directory) => {
      const maildir = makeMaildir(join(directory, 'maildir'));
      const config = privateFile(directory, 'mpoprc', [
        'defaults',
        'account peer',
        'host localhost',
        `port ${from.port}`,
        `user ${from.login}`,
        `password ${from.password}`,
        `auth ${from.security === 'none' ? 'user' : 'plain'}`,
        `tls ${from.security === 'none' ? 'off' : 'on'}`,
        `tls_starttls ${from.security === 'stls' ? 'on' : 'off'}`,
        `tls_trust_file ${from.caFile}`,
        'keep on',
        'received_header off',
        `uidls_file ${join(directory, 'uidls')}`,
        `delivery maildir ${maildir}`,
        'account default : peer',
      ]);
      await must(run(findProgram('mpop')!, ['-C', config, '-Q']));
      return filesIn(join(maildir, 'new'));
    },
  },
  {
    name: 'fetchmail',
    restore: wireLines,
    does: unixFiles,
    securities: everySecurity,
    takes: headersKept,
    fetch: async (from, directory) => {
      const { out, take } = numbering(directory);
      const tls = { none: `sslproto ''`, stls: `sslproto 'auto'`, tls: 'ssl' }[from.security];
      const config = privateFile(directory, 'fetchmailrc', [
        `set invisible`,
        `poll localhost protocol pop3 port ${from.port} auth password`,
        `  user "${from.login}" password "${from.password}"`,
        `  ${tls} ${from.security === 'none' ? '' : `sslcertck sslcertfile "${from.caFile}"`}`,
        `  fetchall keep no rewrite no mimedecode pass8bits`,
        `  mda "${take}"`,
      ]);
      await must(
        run(
          findProgram('fetchmail')!,
          [
            '-f',
            config,
            '-s',
            '--nodetach',
            '--nosyslog',
            '--pidfile',
            join(directory, 'pid'),
            '-i',
            join(directory, 'ids'),
          ],
          {
            env: { ...process.env, HOME: directory, FETCHMAILHOME: directory },
          },
        ),
      );
      return filesIn(out);
    },
  },
  {
    name: 'getmail6',
    restore: (fetched) =>
      wireLines(Buffer.from(fetched.toString('latin1').replace(/^Return-Path: <[^>\n]*>\n/, ''), 'latin1')),
    does: `${unixFiles}, and puts a Return-Path of its own making first`,
    takes: headersAndBodyGetmailKeeps,
    // Its POP3 retrievers know no STLS.
    securities: ['none', 'tls'],
    fetch: async (from, directory) => {
      const { out, take } = numbering(directory);
      privateFile(directory, 'getmailrc', [
        '[retriever]',
        `type = Simple${from.security === 'tls' ? 'POP3SSL' : 'POP3'}Retriever`,
        'server = localhost',
        `port = ${from.port}`,
        `username = ${from.login}`,
        `password = ${from.password}`,
        ...(from.security === 'none' ? [] : [`ca_certs = ${from.caFile}`]),
        '[destination]',
        'type = MDA_external',
        `path = ${take}`,
        'unixfrom = false',
        'allow_root_commands = true',
        '[options]',
        'delete = false',
        'delivered_to = false',
        'received = false',
        'verbose = 0',
      ]);
      await must(run(findProgram('getmail')!, ['--getmaildir', directory, '--rcfile', 'getmailrc']));
      return filesIn(out);
    },
  },
];

async function curl(config: readonly string[]): Promise<Finished> {
  return must(run(findProgram('curl')!, ['--config', '-'], { input: config.join('\n') }));
}

/** A program that takes one message on its input and numbers them as they come. */
function numbering(directory: string): { out: string; take: string } {
  const out = join(directory, 'out');
  mkdirSync(out);
  const lines = ['#!/bin/sh', `n=$(ls ${out} | wc -l)`, `cat > ${out}/$(printf %06d $n).eml`];
  const take = privateFile(directory, 'take.sh', lines);
  chmodSync(take, 0o700);
  return { out, take };
}

/**
 * fetchmail and getmail6 read headers themselves: they drop an mbox separator, Status and Return-Path lines, and
 * fetchmail passes a message without a proper header or without a body by.
 */
function headersKept(wire: Buffer): boolean {
  const text = wire.toString('latin1');
  const end = text.indexOf('\r\n\r\n');
  if (end <= 0) return false;
  const lines = text.slice(0, end).split(/\r\n(?![ \t])/);
  return lines.every(
    (one) => /^[!-9;-~]+:/.test(one) && !/^(status|x-mozilla-status|return-path):/i.test(one),
  );
}

function filesIn(directory: string): Buffer[] {
  return readdirSync(directory)
    .filter((name) => !name.startsWith('.'))
    .sort()
    .map((name) => readFileSync(join(directory, name)));
}

/** getmail6 writes each message anew with Python: multiparts and headers it would fold otherwise come out changed. */
function headersAndBodyGetmailKeeps(wire: Buffer): boolean {
  if (!headersKept(wire)) return false;
  const text = wire.toString('latin1');
  const header = text.slice(0, text.indexOf('\r\n\r\n'));
  if (/^content-type:\s*(?:multipart|message)/im.test(header)) return false;
  return header
    .split('\r\n')
    .every((one) => one.length < 78 && /^(?:[!-9;-~]+: \S|[ \t])/.test(one) && !/\s$/.test(one));
}

async function must(running: Promise<Finished>): Promise<Finished> {
  const finished = await running;
  if (finished.code !== 0)
    throw new Error(`ended with ${finished.code}: ${finished.stderr}${finished.stdout}`);
  return finished;
}
