import type { Pop3Command } from '../command.ts';
import { apop } from './apop.ts';
import { auth } from './auth.ts';
import { capa } from './capa.ts';
import { dele } from './dele.ts';
import { lang } from './lang.ts';
import { list } from './list.ts';
import { noop } from './noop.ts';
import { pass } from './pass.ts';
import { quit } from './quit.ts';
import { retr } from './retr.ts';
import { rset } from './rset.ts';
import { stat } from './stat.ts';
import { stls } from './stls.ts';
import { top } from './top.ts';
import { uidl } from './uidl.ts';
import { user } from './user.ts';
import { utf8 } from './utf8.ts';

/** Every command there is, by verb. Which of them a connection has is up to its profile. */
export const commandTable: ReadonlyMap<string, Pop3Command> = new Map(
  [
    ...[user, pass, apop, auth, capa, stls, utf8, lang],
    ...[stat, list, uidl, retr, top, dele, rset, noop, quit],
  ].map((command) => [command.verb, command]),
);
