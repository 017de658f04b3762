import type { TimerHandle } from '../../clock/clock.ts';
import { has } from '../capabilities.ts';
import { none, row, signedIn } from '../command.ts';
import type { ImapSession } from '../session.ts';

/** RFC 2177: tells at once what happens in the selected mailbox, until the client says DONE. */
export const idle = row({
  verb: 'IDLE',
  states: signedIn,
  offered: (profile) => has(profile, 'IDLE'),
  grammar: none,
  run(session, _given, answer) {
    const stop = watch(session);
    session.onClose(stop);
    session.outlet.add(`${session.replies.say('idling')}\r\n`);
    tell(session);
    session.listen((line) => {
      stop();
      answer(
        line.toUpperCase() === 'DONE'
          ? session.say('done')
          : session.bad('badArguments', { reason: 'Expected DONE' }),
      );
    });
  },
});

/** Tells what is new from now on. Returns the way to stop. */
function watch(session: ImapSession): () => void {
  const { mailbox, profile, context } = session;
  const stopWatching = mailbox?.onChange(() => tell(session));
  const { idleKeepalive } = profile;
  let timer: TimerHandle | undefined;
  const keepAlive = (): void => {
    if (idleKeepalive === undefined) return;
    timer = context.clock.setTimeout(() => {
      session.writer.push([`${idleKeepalive.line}\r\n`]);
      keepAlive();
    }, idleKeepalive.everyMs);
  };
  keepAlive();
  return () => {
    stopWatching?.();
    context.clock.clearTimeout(timer);
  };
}

function tell(session: ImapSession): void {
  if (session.closed || session.mute) return;
  const { lines, modSeq } = session.updates();
  const news = modSeq === undefined ? lines : [...lines, `* OK [HIGHESTMODSEQ ${modSeq}] Highest\r\n`];
  if (news.length === 0) return;
  // Rules have their say on what an idling client is told, as on the body of any reply.
  session.gate.at('body', () => {
    session.writer.push([...(session.gate.plan?.manner.garbage ?? []).map((text) => `${text}\r\n`), ...news]);
    session.gate.plan = undefined;
    if (session.inconsistent) session.end();
  });
}
