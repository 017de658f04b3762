import { SMTPServer } from 'smtp-server';

/** The package on its own, accepting everything: what the simulator is compared with. Prints its port. */
const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  disableReverseLookup: true,
  onAuth: (auth, _session, done) => done(null, { user: auth.username }),
  onData: (stream, _session, done) => {
    stream.on('end', done);
    stream.resume();
  },
});
server.listen(0, '127.0.0.1', () => {
  const address = server.server.address();
  process.stdout.write(
    `${JSON.stringify({ port: typeof address === 'object' ? address?.port : address })}\n`,
  );
});
process.once('SIGTERM', () => server.close(() => process.exit(0)));
