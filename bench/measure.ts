import type { Benchmark } from './figure.ts';

/** Runs the one benchmark named on the command line and prints its figures as one line of JSON. */
const name = process.argv[2] ?? '';
// Each file of this folder named in main.ts exports its benchmark under this name.
const { benchmark } = (await import(`./${name}.ts`)) as { benchmark: Benchmark };
process.stdout.write(`${JSON.stringify(await benchmark.measure())}\n`);
