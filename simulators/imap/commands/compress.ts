import { has } from '../capabilities.ts';
import { anyState, row } from '../command.ts';
import { DeflatedStream } from '../compress/deflated-stream.ts';
import { BadArguments } from '../wire/bad-arguments.ts';

/** RFC 4978: from the end of the answer on, both sides compress. */
export const compress = row({
  verb: 'COMPRESS',
  states: anyState,
  offered: (profile) => has(profile, 'COMPRESS=DEFLATE'),
  grammar: (given) => {
    given.space();
    if (given.keyword() !== 'DEFLATE') throw new BadArguments('DEFLATE expected');
    given.end();
  },
  run(session, _given, answer) {
    if (session.outlet.stream instanceof DeflatedStream) {
      answer(session.say('compressionActive'));
      return;
    }
    answer({ ...session.say('compressed'), afterwards: () => session.startCompression() });
  },
});
