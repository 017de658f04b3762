import type { Entropy } from '../entropy/entropy.ts';
import { Process } from './process.ts';
import type { WorldConnector } from './world-connector.ts';

/** Chance for a program under test, drawn by name from the world's seed. */
export interface NamedRandom {
  float(site: string, subject: string): number;
  hex(length: number, site: string, subject: string): string;
}

/** A program under test as a process of the world: it can be started, and killed at any instant. */
export class Life extends Process {
  readonly connector: WorldConnector;
  readonly random: NamedRandom;

  constructor(name: string, connector: WorldConnector, entropy: Entropy) {
    super(name);
    this.connector = connector;
    this.random = {
      float: (site, subject) => entropy.float(site, subject),
      hex: (length, site, subject) => entropy.bytes(length, site, subject).toString('hex'),
    };
  }
}
