import type { Benchmark } from './figure.ts';
import { foreignPulls } from './foreign-pulls.ts';
import { simulatorBesideDovecot } from './simulator-beside-dovecot.ts';

export const benchmark: Benchmark = {
  name: 'pop3-over-tcp',
  measure: () => simulatorBesideDovecot('pop3', [foreignPulls.poplib, foreignPulls.mpop]),
};
