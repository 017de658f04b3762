import net from 'node:net';
import { startServer, startSimulator } from './child-server.ts';
import { type Benchmark, wallSeconds } from './figure.ts';

/** Connects, waits for the greeting, says QUIT, waits for the end. Rejects when it is not welcome. */
function visit(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
    socket.once('data', (greeting: Buffer) => {
      if (greeting.toString().startsWith('220 ')) socket.write('QUIT\r\n');
      else reject(new Error(`Refused: ${greeting}`));
    });
    socket.once('error', reject);
    socket.once('close', () => resolve());
    socket.on('data', () => {});
  });
}

async function ratePerSecond(port: number, visits: number): Promise<number> {
  const seconds = await wallSeconds(async () => {
    for (let n = 0; n < visits; n += 1) await visit(port);
  });
  return visits / seconds;
}

export const benchmark: Benchmark = {
  name: 'smtp-connections',
  async measure() {
    const bare = await startServer('bench/bare-smtp-server.ts');
    const simulator = await startSimulator();
    const simulatorPort = simulator.endpoints.smtp?.port ?? 0;
    const barePort = Number(Reflect.get(bare.ready as object, 'port'));
    await ratePerSecond(simulatorPort, 100);
    const bareRate = await ratePerSecond(barePort, 20);
    const rate = await ratePerSecond(simulatorPort, 1500);
    await Promise.all([bare.stop(), simulator.stop()]);
    return [
      {
        what: 'new SMTP connections over TCP, one after another',
        asked: '≥ 300 a second',
        measured: `${rate.toFixed(0)} a second (bare smtp-server: ${bareRate.toFixed(1)})`,
        reached: rate >= 300,
      },
    ];
  },
};
