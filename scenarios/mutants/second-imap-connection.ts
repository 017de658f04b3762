import type { Mutant } from './mutant.ts';

export const secondImapConnection: Mutant = {
  name: 'second-imap-connection',
  bug: 'With each IMAP connection another one is opened that is counted by nobody.',
  breaks: ['INV-16'],
  connector: (connector) => ({
    connect: (to, signal) => connector.connect(to, signal),
    upgrade: (stream, to, signal) => connector.upgrade(stream, to, signal),
    fetch: (url, init, trust) => connector.fetch(url, init, trust),
    connectSocket: async (to, signal) => {
      const socket = await connector.connectSocket(to, signal);
      if (to.port !== 993) return socket;
      const second = await connector.connectSocket(to, signal);
      second.on('error', () => {}).resume();
      socket.on('close', () => second.destroy());
      return socket;
    },
  }),
};
