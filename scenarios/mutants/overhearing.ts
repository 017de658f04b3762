import type { Connector } from '../../engine/ports/connector.ts';

/** The connector with what servers say on one port heard otherwise, packet by packet. */
export function overhearing(connector: Connector, port: number, hear: (said: string) => string): Connector {
  return {
    connect: (to, signal) => connector.connect(to, signal),
    upgrade: (stream, to, signal) => connector.upgrade(stream, to, signal),
    fetch: (url, init, trust) => connector.fetch(url, init, trust),
    connectSocket: async (to, signal) => {
      const socket = await connector.connectSocket(to, signal);
      if (to.port !== port) return socket;
      const push = socket.push.bind(socket);
      socket.push = (chunk: unknown) => {
        if (!(chunk instanceof Uint8Array)) return push(chunk);
        return push(Buffer.from(hear(Buffer.from(chunk).toString('latin1')), 'latin1'));
      };
      return socket;
    },
  };
}
