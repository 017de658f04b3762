import nodemailer from 'nodemailer';
import { startServer } from './child-server.ts';
import { type Benchmark, median, wallSeconds } from './figure.ts';

const messages = 2000;
const rounds = 5;

/** Messages a second that one pooled nodemailer client hands over. */
async function ratePerSecond(port: number): Promise<number> {
  const transport = nodemailer.createTransport({
    pool: true,
    host: '127.0.0.1',
    port,
    ignoreTLS: true,
    name: 'bench.test',
    maxConnections: 5,
    maxMessages: Number.POSITIVE_INFINITY,
    auth: { user: 'user1@mail.test', pass: 'secret1' },
  });
  const raw = `From: user1@mail.test\r\nTo: user2@mail.test\r\nSubject: a message\r\n\r\n${'all work and no play\r\n'.repeat(90)}`;
  const seconds = await wallSeconds(() =>
    Promise.all(
      Array.from({ length: messages }, () =>
        transport.sendMail({ envelope: { from: 'user1@mail.test', to: ['user2@mail.test'] }, raw }),
      ),
    ),
  );
  transport.close();
  return messages / seconds;
}

export const benchmark: Benchmark = {
  name: 'smtp-over-tcp',
  async measure() {
    const bare = await startServer('bench/bare-smtp-server.ts');
    const simulator = await startServer('bench/plain-smtp-simulator.ts');
    const barePort = Number(Reflect.get(bare.ready as object, 'port'));
    const simulatorPort = Number(Reflect.get(simulator.ready as object, 'port'));
    const rates: { bare: number; ours: number }[] = [];
    await ratePerSecond(barePort);
    await ratePerSecond(simulatorPort);
    for (let round = 0; round < rounds; round += 1) {
      rates.push({ bare: await ratePerSecond(barePort), ours: await ratePerSecond(simulatorPort) });
    }
    await Promise.all([bare.stop(), simulator.stop()]);
    const ratio = median(rates.map(({ bare: bareRate, ours }) => ours / bareRate));
    return [
      {
        what: `SMTP over TCP, pooled, ${messages} × 2 KB: simulator against bare smtp-server`,
        asked: '≥ 0.8× the rate',
        measured: `${ratio.toFixed(2)}× (${median(rates.map(({ ours }) => ours)).toFixed(0)} against ${median(rates.map((rate) => rate.bare)).toFixed(0)} a second)`,
        reached: ratio >= 0.8,
      },
    ];
  },
};
